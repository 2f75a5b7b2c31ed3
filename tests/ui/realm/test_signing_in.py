"""What the real Keycloak permits and refuses in a realm that was provisioned."""

import re
import secrets
from dataclasses import replace

import httpx
import pytest
from keycloak import KeycloakAdmin

from policies.principal import Role
from tests.keycloak import CLIENT, Keycloak, Realm, provisioned
from tests.ui.realm.shaped import ADDRESS, SHAPE, client_of
from ui.realm.shape import api_scope
from ui.sign_in.provider import ProviderSettings, open_provider
from ui.sign_in.tokens import RoleSource, TokenSettings


async def test_the_pages_of_a_realm_that_was_made_are_french(realm: Realm) -> None:
    page = await _authorize(realm, {})
    assert re.search('<html[^>]* lang="fr"', page.text)


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
