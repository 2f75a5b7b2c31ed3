"""Tokens of programs, and new keys, of the real Keycloak."""

from dataclasses import replace

import httpx
import pytest

from policies.principal import Role
from tests.keycloak import CLIENT, Keycloak, People, Realm, provisioned
from tests.ui.sign_in.visiting import SHAPE, sign_in
from ui.errors import TokenRefused, UnknownKey
from ui.realm.shape import api_scope
from ui.sign_in.provider import Provider, open_provider

API = api_scope(CLIENT)


async def add_service(people: People, client_id: str, scopes: list[str]) -> str:
    """A client that acts for itself, with the role agent; gives its secret."""
    representation = {"clientId": client_id, "serviceAccountsEnabled": True, "standardFlowEnabled": False}
    identifier = await people.admin.a_create_client(representation | {"defaultClientScopes": scopes})
    account = await people.admin.a_get_client_service_account_user(identifier)
    await people.give(account["id"], Role.AGENT)
    return str((await people.admin.a_get_client_secrets(identifier))["value"])


async def service_token(realm: Realm, client_id: str, secret: str) -> str:
    """The access token of such a client."""
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    async with httpx.AsyncClient(timeout=60) as http:
        answer = await http.post(f"{realm.url}/protocol/openid-connect/token", data=form)
    return str(answer.raise_for_status().json()["access_token"])


async def test_a_service_has_a_token_for_our_api_alone(provider: Provider, realm: Realm) -> None:
    async with realm.people() as people:
        secret = await add_service(people, "intranet", [API])
        other = await add_service(people, "autre", [])
    claims = await provider.service(await service_token(realm, "intranet", secret))
    assert claims.principal.username == "service-account-intranet"
    assert claims.principal.roles == {Role.AGENT}
    with pytest.raises(TokenRefused) as refusal:
        await provider.service(await service_token(realm, "autre", other))
    assert refusal.value.reason == "aud"


async def test_the_token_of_a_person_does_not_open_the_api(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        await people.add(name)
    signed_in = await sign_in(provider, name)
    for token in (signed_in.id_token, signed_in.refresh_token):
        with pytest.raises(TokenRefused):
            await provider.service(token)


async def test_a_new_key_is_fetched_when_a_token_names_it(keycloak: Keycloak) -> None:
    realm = await provisioned(keycloak, SHAPE)
    settings = realm.provider(SHAPE)
    async with (
        open_provider(settings) as patient,
        open_provider(replace(settings, keys_again=0.0)) as provider,
        realm.people() as people,
    ):
        await people.add("alice")
        for one in (provider, patient):
            await sign_in(one, "alice")
        await people.admin.a_create_component(
            {
                "name": "nouvelle",
                "providerId": "rsa-generated",
                "providerType": "org.keycloak.keys.KeyProvider",
                "config": {"priority": ["1000"], "algorithm": ["PS256"]},
            }
        )
        await people.admin.a_update_realm(realm.name, {"defaultSignatureAlgorithm": "PS256"})
        assert (await sign_in(provider, "alice")).claims.principal.username == "alice"
        with pytest.raises(UnknownKey):  # it has fetched them a moment ago
            await sign_in(patient, "alice")
