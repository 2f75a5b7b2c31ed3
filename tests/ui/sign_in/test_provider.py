"""Signing in at the real Keycloak."""

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from policies.principal import Role
from tests.keycloak import Keycloak, Realm, fill_in, provisioned
from tests.ui.sign_in.visiting import SHAPE, sign_in
from ui.errors import SignInRefused, TokenRefused
from ui.sign_in.provider import Provider, ProviderSettings, open_provider


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
