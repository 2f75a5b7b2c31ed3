"""A realm of the real Keycloak, provisioned and repaired."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from keycloak import KeycloakAdmin

from tests.keycloak import CLIENT, Keycloak, Realm, provisioned
from tests.ui.realm.shaped import ADDRESS, SHAPE, administrator_of, client_of, repair
from ui.commands.provisioning import Examination, examine, shape_of
from ui.realm import permission
from ui.realm.connection import open_realm
from ui.realm.held import get
from ui.realm.people import directory_settings
from ui.realm.plan import client_secret, plan
from ui.realm.settings import RealmSettings


@pytest.mark.parametrize("realm_roles", [False, True])
async def test_a_second_run_finds_nothing_to_change_and_a_check_nothing_to_say(
    keycloak: Keycloak, realm_roles: bool
) -> None:
    shape = replace(SHAPE, realm_roles=realm_roles)
    realm = await provisioned(keycloak, shape)
    async with realm.keycloak.administered(realm.name) as admin:
        assert await plan(admin, shape) == []
    assert await examine(administrator_of(realm), CLIENT, realm_roles=realm_roles) == Examination([], [])


async def test_a_client_that_was_made_by_hand_is_repaired(keycloak: Keycloak) -> None:
    name = f"main-{uuid4().hex[:8]}"
    async with keycloak.administered(name) as admin:
        await admin.a_create_realm({"realm": name, "enabled": True})
        await admin.connection.a_get_token()
        await admin.a_create_client(
            {
                "clientId": CLIENT,
                "publicClient": True,
                "redirectUris": ["*"],
                "webOrigins": ["+"],
                "directAccessGrantsEnabled": True,
                "implicitFlowEnabled": True,
                "fullScopeAllowed": True,
            }
        )
        realm = Realm(keycloak, name, "")
        examined = await examine(administrator_of(realm), CLIENT)
        assert len(examined.findings) > 8
        assert examined.findings[0] == "Le client est public : il n’a pas de secret."
        assert examined.remarks == ["Les pages de connexion de Keycloak ne sont pas proposées en français."]
        await repair(admin)
        assert await plan(admin, SHAPE) == []
        assert await client_secret(admin, CLIENT)
    assert (await examine(administrator_of(realm), CLIENT)).findings == []


async def test_what_somebody_loosens_by_hand_is_tightened_again(admin: KeycloakAdmin) -> None:
    client = await client_of(admin)
    mapper = next(one for one in client["protocolMappers"] if one["name"] == "groupes")
    await admin.a_remove_client_mapper(client["id"], mapper["id"])
    await admin.a_update_client(client["id"], {"clientId": CLIENT, "redirectUris": [f"{ADDRESS}/*"]})
    offline = await admin.a_get_client_scope_by_name("offline_access")
    assert offline is not None
    await admin.a_add_client_optional_client_scope(client["id"], offline["id"], {})

    assert await repair(admin) == ["client.updated", "mapper.written", "client-scope.removed"]
    assert await plan(admin, SHAPE) == []


@pytest.mark.parametrize(
    ("mapper", "missing"),
    [
        ("sujet", "le sujet"),
        ("nom", "le nom"),
        ("groupes", "les groupes avec leur chemin"),
        ("rôles", "les rôles"),
        ("audience", "l’audience « assistant »"),
    ],
)
async def test_a_mapper_that_somebody_deletes_or_changes_is_found_and_mended(
    admin: KeycloakAdmin, access: RealmSettings, mapper: str, missing: str
) -> None:
    client = await client_of(admin)
    (held,) = [one for one in client["protocolMappers"] if one["name"] == mapper]
    finding = f"Le jeton d’accès d’une personne ne porte pas {missing}."

    held["config"]["access.token.claim"] = "false"
    await admin.a_update_client_mapper(client["id"], held["id"], held)
    assert (await examine(access, CLIENT)).findings == [finding]
    assert await repair(admin) == ["mapper.written"]

    await admin.a_remove_client_mapper(client["id"], held["id"])
    assert (await examine(access, CLIENT)).findings == [finding]
    assert await repair(admin) == ["mapper.written"]
    assert (await examine(access, CLIENT)).findings == []


@pytest.mark.parametrize(
    ("loosened", "finding"),
    [
        ({"redirectUris": [f"{ADDRESS}/*"]}, f"L’adresse de retour « {ADDRESS}/* » n’est pas exacte."),
        ({"attributes": {"pkce.code.challenge.method": ""}}, "PKCE avec S256 n’est pas exigé."),
        ({"fullScopeAllowed": True}, "Les jetons portent tous les droits de la personne (fullScopeAllowed)."),
        ({"attributes": {"access.token.lifespan": "301"}}, "Un jeton d’accès vit 301 s, plus que 300 s."),
        (
            {"directAccessGrantsEnabled": True},
            "Le mot de passe peut être échangé directement contre un jeton.",
        ),
    ],
)
async def test_what_somebody_loosens_once_the_policy_is_gone_is_found(
    admin: KeycloakAdmin, access: RealmSettings, loosened: dict[str, Any], finding: str
) -> None:
    await admin.connection.a_raw_put(f"admin/realms/{access.realm}/client-policies/policies", '{"policies": []}')
    client = await client_of(admin)
    attributes = client["attributes"] | loosened.get("attributes", {})
    await admin.a_update_client(client["id"], client | loosened | {"attributes": attributes})
    found = (await examine(access, CLIENT)).findings
    assert finding in found
    assert "Aucune règle de clients du royaume n’impose PKCE au client." in found
    await repair(admin)
    assert (await examine(access, CLIENT)).findings == []


async def test_a_client_that_may_stay_signed_in_for_ever_is_found(admin: KeycloakAdmin, access: RealmSettings) -> None:
    client, offline = await client_of(admin), await admin.a_get_client_scope_by_name("offline_access")
    assert offline
    await admin.a_add_client_default_client_scope(client["id"], offline["id"], {})
    assert (await examine(access, CLIENT)).findings == ["Le client peut demander des jetons sans fin (offline_access)."]
    assert await repair(admin) == ["client-scope.removed"]


async def test_a_permission_that_somebody_removes_or_widens_is_found_and_mended(
    admin: KeycloakAdmin, access: RealmSettings
) -> None:
    kept = f"clients/{await admin.a_get_client_id(permission.KEPT_IN)}/authz/resource-server"
    whom, what = permission.names(CLIENT)

    async def found_and_mended() -> None:
        (finding,) = (await examine(access, CLIENT)).findings
        assert finding.startswith("La permission par laquelle le compte technique voit ce client")
        assert await repair(admin) == ["permission.written"]
        assert (await examine(access, CLIENT)).findings == []

    async def held(path: str) -> tuple[str, dict[str, Any]]:
        (one,) = await get(admin, f"{kept}/{path}", name=what if "permission" in path else whom)
        return f"admin/realms/{access.realm}/{kept}/{path}/{one['id']}", one

    path, one = await held("permission/scope")
    every = one | {"resources": [], "scopes": ["view", "manage"], "policies": [whom]}
    assert (await admin.connection.a_raw_put(path, json.dumps(every))).is_success
    await found_and_mended()

    path, one = await held("policy/user")
    assert (await admin.connection.a_raw_put(path, json.dumps(one | {"users": []}))).is_success
    await found_and_mended()

    for kind in ("permission/scope", "policy/user"):
        path, _ = await held(kind)
        assert (await admin.connection.a_raw_delete(path)).is_success
        await found_and_mended()


async def test_a_technical_account_that_was_made_anew_is_given_its_rights_again(
    admin: KeycloakAdmin, access: RealmSettings
) -> None:
    client = await client_of(admin)
    await admin.a_delete_user((await admin.a_get_client_service_account_user(client["id"]))["id"])
    await admin.a_get_client_service_account_user(client["id"])
    assert len((await examine(access, CLIENT)).findings) == 3
    assert await repair(admin) == ["grant.added", "grant.added", "permission.written"]
    assert (await examine(access, CLIENT)).findings == []


async def test_a_realm_has_room_for_two_assistants(admin: KeycloakAdmin, access: RealmSettings) -> None:
    second = shape_of("http://127.0.0.1:2", "assistant-recette")
    await repair(admin, second)
    for shape in (SHAPE, second):
        assert await plan(admin, shape) == []
        assert (await examine(access, shape.client_id)).findings == []
    secret = await client_secret(admin, second.client_id)
    async with open_realm(directory_settings(f"{access.url}/realms/{access.realm}", second.client_id, secret)) as own:
        assert [client["clientId"] for client in await own.a_get_clients()] == [second.client_id]


async def test_what_others_added_to_the_client_stays(admin: KeycloakAdmin) -> None:
    client = await client_of(admin)
    described = client | {"description": "Suivi par le bureau A"}
    await admin.a_update_client(client["id"], described)
    assert await plan(admin, SHAPE) == []
    await admin.a_update_client(client["id"], described | {"redirectUris": ["https://ailleurs.example/"]})
    await repair(admin)
    assert (await client_of(admin))["description"] == "Suivi par le bureau A"
