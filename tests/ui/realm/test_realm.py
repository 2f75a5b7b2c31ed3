"""A realm of the real Keycloak, provisioned and repaired; and what it then refuses."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from keycloak import KeycloakAdmin

from policies.principal import Role
from tests.keycloak import CLIENT, Keycloak, Realm, provisioned
from ui.commands.provisioning import Examination, examine, shape_of, write_secret
from ui.errors import ProviderUnreachable, RealmRefused, SettingsInvalid
from ui.realm import permission
from ui.realm.connection import open_realm
from ui.realm.held import get
from ui.realm.people import directory_settings
from ui.realm.plan import client_secret, plan
from ui.realm.settings import RealmSettings, split_realm
from ui.realm.shape import Shape, api_scope
from ui.sign_in.provider import ProviderSettings, open_provider
from ui.sign_in.tokens import RoleSource, TokenSettings

ADDRESS = "http://127.0.0.1:1"
SHAPE = shape_of(ADDRESS, CLIENT)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def realm(keycloak: Keycloak) -> Realm:
    """A realm for this module; a test that changes it repairs it."""
    return await provisioned(keycloak, SHAPE)


@pytest.fixture
async def admin(realm: Realm) -> AsyncIterator[KeycloakAdmin]:
    """Its administrator."""
    async with realm.keycloak.administered(realm.name) as admin:
        yield admin


@pytest.fixture
def access(realm: Realm) -> RealmSettings:
    """The same, as the command line reaches it."""
    return access_to(realm)


def access_to(realm: Realm) -> RealmSettings:
    return RealmSettings(
        url=realm.keycloak.url,
        realm=realm.name,
        account_realm="master",
        client="admin-cli",
        user="admin",
        password="admin",
    )


async def repair(admin: KeycloakAdmin, shape: Shape = SHAPE) -> list[str]:
    """What was to be changed, and is now."""
    planned = await plan(admin, shape)
    for change in planned:
        await change.make(admin)
    return [change.name for change in planned]


async def client_of(admin: KeycloakAdmin) -> dict[str, Any]:
    return await admin.a_get_client(str(await admin.a_get_client_id(CLIENT)))


@pytest.mark.parametrize("realm_roles", [False, True])
async def test_a_second_run_finds_nothing_to_change_and_a_check_nothing_to_say(
    keycloak: Keycloak, realm_roles: bool
) -> None:
    shape = replace(SHAPE, realm_roles=realm_roles)
    realm = await provisioned(keycloak, shape)
    async with realm.keycloak.administered(realm.name) as admin:
        assert await plan(admin, shape) == []
    assert await examine(access_to(realm), CLIENT, realm_roles=realm_roles) == Examination([], [])


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
        examined = await examine(access_to(realm), CLIENT)
        assert len(examined.findings) > 8
        assert examined.findings[0] == "Le client est public : il n’a pas de secret."
        assert examined.remarks == ["Les pages de connexion de Keycloak ne sont pas proposées en français."]
        await repair(admin)
        assert await plan(admin, SHAPE) == []
        assert await client_secret(admin, CLIENT)
    assert (await examine(access_to(realm), CLIENT)).findings == []


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


async def test_the_pages_of_a_realm_that_was_made_are_french(realm: Realm) -> None:
    page = await _authorize(realm, {})
    assert re.search('<html[^>]* lang="fr"', page.text)


async def test_what_others_added_to_the_client_stays(admin: KeycloakAdmin) -> None:
    client = await client_of(admin)
    described = client | {"description": "Suivi par le bureau A"}
    await admin.a_update_client(client["id"], described)
    assert await plan(admin, SHAPE) == []
    await admin.a_update_client(client["id"], described | {"redirectUris": ["https://ailleurs.example/"]})
    await repair(admin)
    assert (await client_of(admin))["description"] == "Suivi par le bureau A"


async def test_an_administrator_of_keycloak_cannot_open_the_client_by_hand(admin: KeycloakAdmin) -> None:
    client = await client_of(admin)
    opened = {"directAccessGrantsEnabled": True, "implicitFlowEnabled": True, "fullScopeAllowed": True}
    await admin.a_update_client(client["id"], client | opened)
    assert {name: (await client_of(admin))[name] for name in opened} == dict.fromkeys(opened, False)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"scope": "openid offline_access"}, "invalid_scope"),
    ],
)
async def test_keycloak_refuses_a_weaker_sign_in(realm: Realm, changed: dict[str, str], error: str) -> None:
    answer = await _authorize(realm, changed)
    assert answer.status_code == 302
    assert f"error={error}" in answer.headers["location"]


@pytest.mark.parametrize("redirect", [f"{ADDRESS}/", f"{ADDRESS}/connexion/retour/..", "https://ailleurs.example/"])
async def test_keycloak_sends_nobody_anywhere_but_to_the_exact_address(realm: Realm, redirect: str) -> None:
    answer = await _authorize(realm, {"redirect_uri": redirect})
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def _authorize(realm: Realm, changed: dict[str, str]) -> httpx.Response:
    query = {
        "client_id": CLIENT,
        "redirect_uri": SHAPE.redirect_uri,
        "response_type": "code",
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": secrets.token_urlsafe(32),
        "code_challenge_method": "S256",
    } | changed
    async with httpx.AsyncClient(timeout=60) as browser:
        return await browser.get(
            f"{realm.url}/protocol/openid-connect/auth", params={name: value for name, value in query.items() if value}
        )


async def test_keycloak_exchanges_no_password_for_a_token(realm: Realm) -> None:
    async with realm.people() as people:
        await people.add("sans-detour")
    form = {
        "grant_type": "password",
        "client_id": CLIENT,
        "client_secret": realm.secret,
        "username": "sans-detour",
        "password": "mot de passe",
    }
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(f"{realm.url}/protocol/openid-connect/token", data=form)
    assert answer.status_code in (400, 401)
    assert "access_token" not in answer.json()


@pytest.mark.parametrize("source", [RoleSource.CLIENT, RoleSource.REALM])
async def test_a_program_with_the_scope_of_the_api_has_its_roles_and_groups(
    keycloak: Keycloak, source: RoleSource
) -> None:
    realm = await provisioned(keycloak, replace(SHAPE, realm_roles=source is RoleSource.REALM))
    async with realm.keycloak.administered(realm.name) as admin:
        identifier = await admin.a_create_client(
            {
                "clientId": "releves",
                "serviceAccountsEnabled": True,
                "standardFlowEnabled": False,
                "fullScopeAllowed": False,
                "defaultClientScopes": [api_scope(CLIENT)],
            }
        )
        account = (await admin.a_get_client_service_account_user(identifier))["id"]
        if source is RoleSource.CLIENT:
            own = (await client_of(admin))["id"]
            await admin.a_assign_client_role(account, own, [await admin.a_get_client_role(own, Role.AGENT)])
        else:
            await admin.a_assign_realm_roles(account, [await admin.a_get_realm_role(Role.AGENT)])
        group = await admin.a_create_group({"name": "DGS"})
        await admin.a_group_user_add(account, str(group))
        secret = (await admin.a_get_client_secrets(identifier))["value"]

    form = {"grant_type": "client_credentials", "client_id": "releves", "client_secret": secret}
    async with httpx.AsyncClient(timeout=60) as client:
        answer = await client.post(f"{realm.url}/protocol/openid-connect/token", data=form)
    async with open_provider(_provider_settings(realm, source)) as provider:
        claims = await provider.service(answer.json()["access_token"])
    assert claims.principal.username == "service-account-releves"
    assert claims.principal.roles == {Role.AGENT}
    assert claims.principal.groups == {"/DGS"}


def _provider_settings(realm: Realm, source: RoleSource) -> ProviderSettings:
    return ProviderSettings(
        url=realm.url,
        client_id=CLIENT,
        client_secret=realm.secret,
        redirect_uri=SHAPE.redirect_uri,
        after_logout=SHAPE.after_logout,
        ca_file=None,
        tokens=TokenSettings(realm.url, CLIENT, api_scope(CLIENT), role_source=source),
        timeout=60.0,
    )


async def test_the_secret_is_written_for_its_owner_alone(realm: Realm, access: RealmSettings, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("the one before, which everybody could read")
    await write_secret(access, CLIENT, path)
    assert path.read_text() == realm.secret
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsInvalid, match="il n’existe pas"):
        await write_secret(access, CLIENT, tmp_path / "nulle-part" / "secret")


async def test_a_realm_that_is_not_there_is_not_made_unasked(access: RealmSettings) -> None:
    async with open_realm(replace(access, realm="nulle-part")) as admin:
        with pytest.raises(RealmRefused, match="--create-realm"):
            await plan(admin, SHAPE)


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"password": "autre"}, RealmRefused, "ne reconnaît pas « admin »"),
        ({"user": "", "client": "releve", "secret": "x"}, RealmRefused, "ne reconnaît pas « releve »"),
        ({"account_realm": "nulle-part"}, RealmRefused, "nulle-part"),
        ({"url": "http://127.0.0.1:1"}, ProviderUnreachable, "http://127.0.0.1:1"),
        ({"ca_file": Path(__file__)}, SettingsInvalid, "autorités"),
    ],
)
async def test_who_may_not_or_cannot_reach_keycloak_reads_why(
    access: RealmSettings, changed: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        async with open_realm(replace(access, **changed)):
            raise AssertionError


def test_the_address_of_a_realm_is_server_and_realm() -> None:
    assert split_realm("https://sso.exemple.fr/auth/realms/sante/") == ("https://sso.exemple.fr/auth", "sante")
    for wrong in ("https://sso.exemple.fr", "/realms/sante", "https://sso.exemple.fr/realms/", "https://s/realms/a/b"):
        with pytest.raises(SettingsInvalid, match="realms/sante"):
            split_realm(wrong)
