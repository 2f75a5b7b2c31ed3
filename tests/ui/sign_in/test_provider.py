"""Signing in, staying signed in and signing out at the real Keycloak."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from policies.principal import Role
from tests.keycloak import CLIENT, Keycloak, People, Realm, fill_in, provisioned
from ui.commands.provisioning import shape_of
from ui.errors import ProviderUnreachable, SignInEnded, SignInRefused, TokenRefused, UnknownKey
from ui.realm.shape import api_scope
from ui.sign_in.provider import Provider, ProviderSettings, SignIn, open_provider

ADDRESS = "http://127.0.0.1:1"
API = api_scope(CLIENT)


class BackChannel:
    """A server that keeps the logout tokens that Keycloak posts to it."""

    def __init__(self) -> None:
        self.tokens: asyncio.Queue[str] = asyncio.Queue()
        self.url = ""

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["BackChannel"]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._keep, "127.0.0.1", 0)
        async with server:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            yield self

    async def _keep(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        form = parse_qs((await reader.readexactly(length)).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await self.tokens.put(form["logout_token"][0])


SHAPE = shape_of(ADDRESS, CLIENT)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def realm(keycloak: Keycloak) -> Realm:
    """A realm for this module."""
    return await provisioned(keycloak, SHAPE)


@pytest.fixture
def settings(realm: Realm) -> ProviderSettings:
    """Our client in that realm."""
    return realm.provider(SHAPE)


@pytest.fixture
async def provider(settings: ProviderSettings) -> AsyncIterator[Provider]:
    """A provider that has not been asked anything yet."""
    async with open_provider(settings) as provider:
        yield provider


@pytest.fixture
def name() -> str:
    """A name that nobody has yet."""
    return f"agent-{uuid4().hex[:8]}"


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


async def sign_in(provider: Provider, username: str) -> SignIn:
    """The whole way."""
    beginning = await provider.begin()
    back = await fill_in(beginning.url, username)
    assert back["state"] == beginning.state
    return await provider.finish(back["code"], beginning, back["iss"])


async def test_who_signs_in_has_the_groups_and_roles_of_keycloak(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        subject = await people.add(name, ["/DGS/Bureau-A", "/DSS"], [Role.AGENT, Role.GESTIONNAIRE])
    signed_in = await sign_in(provider, name)
    principal = signed_in.claims.principal
    assert (principal.subject, principal.username) == (subject, name)
    assert principal.groups == {"/DGS/Bureau-A", "/DSS"}
    assert principal.roles == {Role.AGENT, Role.GESTIONNAIRE}
    assert signed_in.claims.provider_session
    lifetime = signed_in.claims.expires_at - signed_in.claims.issued_at
    assert 0 < lifetime.total_seconds() <= 300


async def test_keycloaks_pages_are_french_where_it_has_french(keycloak: Keycloak) -> None:
    realm = await provisioned(keycloak, SHAPE)
    async with realm.keycloak.administered(realm.name) as admin:
        await admin.a_update_realm(realm.name, {"supportedLocales": ["de", "fr"], "defaultLocale": "de"})
    async with open_provider(realm.provider(SHAPE)) as provider, httpx.AsyncClient(timeout=60) as browser:
        page = await browser.get((await provider.begin()).url, headers={"Accept-Language": "en"})
    assert re.search('<html[^>]* lang="fr"', page.text)


async def test_who_is_in_no_group_and_has_no_role_signs_in_all_the_same(
    provider: Provider, realm: Realm, name: str
) -> None:
    async with realm.people() as people:
        await people.add(name, roles=[])
    principal = (await sign_in(provider, name)).claims.principal
    assert (principal.groups, principal.roles) == (frozenset(), frozenset())


async def test_a_code_serves_once(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        await people.add(name)
    beginning = await provider.begin()
    back = await fill_in(beginning.url, name)
    await provider.finish(back["code"], beginning, back["iss"])
    with pytest.raises(SignInRefused) as refusal:
        await provider.finish(back["code"], beginning, back["iss"])
    assert refusal.value.reason == "code"


async def test_a_code_serves_only_who_began(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        await people.add(name)
    beginning, another = await provider.begin(), await provider.begin()
    assert len({beginning.state, beginning.nonce, beginning.verifier, another.state, another.nonce}) == 5
    back = await fill_in(beginning.url, name)
    with pytest.raises(SignInRefused) as refusal:
        await provider.finish(back["code"], replace(beginning, verifier=another.verifier), back["iss"])
    assert refusal.value.reason == "code"


async def test_another_attempts_nonce_is_refused(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        await people.add(name)
    beginning = await provider.begin()
    back = await fill_in(beginning.url, name)
    with pytest.raises(TokenRefused) as refusal:
        await provider.finish(back["code"], replace(beginning, nonce="another"), back["iss"])
    assert refusal.value.reason == "nonce"


@pytest.mark.parametrize("iss", ["", "https://mechant.example/realms/sante"])
async def test_an_answer_must_name_its_issuer(provider: Provider, iss: str) -> None:
    with pytest.raises(SignInRefused) as refusal:
        await provider.finish("code", await provider.begin(), iss)
    assert refusal.value.reason == "iss"


@pytest.mark.parametrize("code", ["invented", "é\n", "&=% +", "", "a" * 3000])
async def test_an_invented_code_is_refused(provider: Provider, settings: ProviderSettings, code: str) -> None:
    with pytest.raises(SignInRefused) as refusal:
        await provider.finish(code, await provider.begin(), settings.url)
    assert refusal.value.reason == "code"


@pytest.mark.parametrize(
    "changes", [{"code_challenge_method": "plain"}, {"code_challenge": "", "code_challenge_method": ""}]
)
async def test_keycloak_asks_for_the_strong_challenge(provider: Provider, changes: dict[str, str]) -> None:
    parts = urlsplit((await provider.begin()).url)
    query = {name: value for name, value in (dict(parse_qsl(parts.query)) | changes).items() if value}
    async with httpx.AsyncClient(timeout=60) as browser:
        answer = await browser.get(parts._replace(query=urlencode(query)).geturl())
    assert answer.is_redirect
    assert dict(parse_qsl(urlsplit(answer.headers["location"]).query))["error"] == "invalid_request"


async def test_a_refresh_brings_the_rights_of_now(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        subject = await people.add(name, ["/DGS"], [Role.AGENT, Role.GESTIONNAIRE])
        before = await sign_in(provider, name)
        await people.take(subject, Role.GESTIONNAIRE)
        await people.leave(subject, "/DGS")
        await people.join(subject, "/DSS/Bureau-B")
    after = await provider.refresh(before.refresh_token)
    assert after.claims.principal.roles == {Role.AGENT}
    assert after.claims.principal.groups == {"/DSS/Bureau-B"}
    assert after.claims.provider_session == before.claims.provider_session


async def test_a_disabled_account_is_vouched_for_no_longer(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        subject = await people.add(name)
        signed_in = await sign_in(provider, name)
        await people.disable(subject)
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)


async def test_who_is_signed_out_at_keycloak_is_vouched_for_no_longer(
    provider: Provider, realm: Realm, name: str
) -> None:
    async with realm.people() as people:
        subject = await people.add(name)
        signed_in = await sign_in(provider, name)
        await people.admin.a_user_logout(subject)
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)


async def test_a_sign_out_from_here_ends_it_there(provider: Provider, realm: Realm, name: str) -> None:
    async with realm.people() as people:
        await people.add(name)
    signed_in = await sign_in(provider, name)
    await provider.logout(signed_in.refresh_token)
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)
    await provider.logout(signed_in.refresh_token)  # it has ended: nothing is left to do


async def test_a_browser_can_sign_out_by_an_address(
    provider: Provider, settings: ProviderSettings, realm: Realm, name: str
) -> None:
    async with realm.people() as people:
        await people.add(name)
    signed_in = await sign_in(provider, name)
    async with httpx.AsyncClient(timeout=60) as browser:
        answer = await browser.get(await provider.logout_url(signed_in.id_token))
    assert answer.headers["location"] == settings.after_logout
    with pytest.raises(SignInEnded):
        await provider.refresh(signed_in.refresh_token)


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


async def test_keycloak_says_whose_session_has_ended(keycloak: Keycloak) -> None:
    async with BackChannel().listening() as channel:
        realm = await provisioned(keycloak, replace(SHAPE, back_channel=channel.url))
        async with open_provider(realm.provider(SHAPE)) as provider, realm.people() as people:
            subject = await people.add("alice")
            signed_in = await sign_in(provider, "alice")
            await people.admin.a_user_logout(subject)
            async with asyncio.timeout(60):
                token = await channel.tokens.get()
            claims = await provider.logout_claims(token)
            assert claims.provider_session == signed_in.claims.provider_session
            with pytest.raises(TokenRefused):
                await provider.service(token)
            for forged in (signed_in.id_token, token[:-8] + "AAAAAAAA"):
                with pytest.raises(TokenRefused):
                    await provider.logout_claims(forged)


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


async def test_a_wrong_secret_signs_nobody_out(
    provider: Provider, settings: ProviderSettings, realm: Realm, name: str
) -> None:
    async with realm.people() as people:
        await people.add(name)
    signed_in = await sign_in(provider, name)
    async with open_provider(replace(settings, client_secret="an old one")) as misconfigured:
        with pytest.raises(ProviderUnreachable, match="ASSISTANT_KEYCLOAK_SECRET_FILE"):
            await misconfigured.refresh(signed_in.refresh_token)
        with pytest.raises(ProviderUnreachable):
            await misconfigured.logout(signed_in.refresh_token)
    await provider.refresh(signed_in.refresh_token)
