"""Keycloak while people are signed in: silent, back again, with another key, with sessions that run out."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Error, Page, expect

from tests.browser.chatting import ANSWER, SOURCE, answered, ask
from tests.browser.proxy import Proxy
from tests.browser.servers import Signed, environment, scripted_server
from tests.browser.signing_in import Visit, chat_begun, fill_in, sign_in, sign_out, somebody
from tests.keycloak import CLIENT, Keycloak, provisioned
from ui.commands.provisioning import shape_of
from ui.realm.plan import plan

RSA_KEY = {
    "name": "nouvelle",
    "providerId": "rsa-generated",
    "providerType": "org.keycloak.keys.KeyProvider",
    "config": {"priority": ["1000"], "algorithm": ["RS256"]},
}


@dataclass(frozen=True)
class Relayed(Signed):
    """A chat that reaches Keycloak, as browsers do, through a proxy that can be closed."""

    relay: Proxy

    async def set_realm(self, **attributes: object) -> None:
        """Change the realm."""
        async with self.realm.people() as people:
            await people.admin.a_update_realm(self.realm.name, attributes)

    async def set_token_lifespan(self, seconds: int) -> None:
        """How long the access tokens of our client hold."""
        async with self.realm.people() as people:
            identifier = str(await people.admin.a_get_client_id(CLIENT))
            client = await people.admin.a_get_client(identifier)
            client["attributes"]["access.token.lifespan"] = str(seconds)
            await people.admin.a_update_client(identifier, client)


@pytest.fixture(scope="module")
def relayed(keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relayed]:
    """The relay is closed, and was so when the chat started."""
    home = Path(tmp_path_factory.mktemp("relayed"))
    server, relay = scripted_server(home), Proxy(int(urlsplit(keycloak.url).port or 0))
    realm = asyncio.run(provisioned(keycloak, shape_of(server.url, CLIENT)))
    relayed = Relayed(server, realm, server.url, relay)
    asyncio.run(relayed.set_realm(attributes={"frontendUrl": relay.url}))
    server.environment = environment(realm, home) | {"ASSISTANT_KEYCLOAK": f"{relay.url}/realms/{realm.name}"}
    server.start()
    yield relayed
    server.stop()


@pytest.fixture
async def reachable(relayed: Relayed) -> AsyncIterator[Relayed]:
    """The same, with the relay open."""
    async with relayed.relay.opened():
        yield relayed


async def _come(page: Page, url: str, status: int) -> None:
    """Come once the answer has this status: whether Keycloak answers is known for some seconds.

    A page that is led to a server that does not listen tries again by itself, and would interrupt the next attempt.
    """
    found = 0
    while found != status:
        with suppress(Error):
            found = (await page.request.get(url, headers={"Accept": "text/html"})).status
    await page.goto(url)


async def _refused(page: Page, url: str) -> None:
    """Come until the page says why one cannot."""
    await _come(page, url, 503)
    await expect(page.locator("h1")).to_have_text("Connexion impossible")
    await expect(page.locator("main")).to_contain_text("Keycloak ne répond pas")


async def test_without_keycloak_nobody_signs_in_and_whoever_is_signed_in_goes_on(
    visit: Visit, relayed: Relayed
) -> None:
    page, other = await visit(), await visit()
    person = await somebody(relayed.realm)
    await _refused(page, relayed.url)
    async with relayed.relay.opened():
        await sign_in(page, relayed, person)
    await _refused(other, relayed.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    async with relayed.relay.opened():
        await sign_in(other, relayed, person)
        await sign_out(page)


async def test_a_session_waits_for_keycloak_at_the_limit_of_its_token(visit: Visit, relayed: Relayed) -> None:
    page = await visit()
    relay = relayed.relay
    try:
        async with relay.opened():
            await sign_in(page, relayed, await somebody(relayed.realm))
            await relayed.set_token_lifespan(1)
            relay.passed = asyncio.Queue()
            for _ in range(2):  # the second one began after the change
                while not (await relay.passed.get()).endswith("/token"):
                    pass
        await expect(page.locator("#session-ended")).to_be_visible()
        await _refused(page, relayed.url)
        async with relay.opened():
            await _come(page, relayed.url, 200)
            await chat_begun(page)
    finally:
        await relayed.set_token_lifespan(300)


async def test_a_new_key_of_keycloaks_goes_unnoticed(visit: Visit, reachable: Relayed) -> None:
    page, person = await visit(), await somebody(reachable.realm)
    await sign_in(page, reachable, person)
    async with reachable.realm.people() as people:
        await people.admin.a_create_component(RSA_KEY)
        await people.join(person.subject, "/Cabinet")

    async def sources() -> int:
        await page.goto(reachable.url)
        await ask(page, "Que dit la note ?")
        await answered(page)
        return await page.locator(SOURCE).count()

    while await sources() != 3:  # until a token with the new key has said what is new
        pass
    await sign_in(await visit(), reachable, person)


async def test_a_session_that_runs_out_at_keycloak_ends_in_the_middle_of_an_answer(
    visit: Visit, reachable: Relayed
) -> None:
    page, person = await visit(), await somebody(reachable.realm)
    await sign_in(page, reachable, person)
    await ask(page, "Une longue réponse")
    await expect(page.locator(f"{ANSWER} a").first).to_be_visible()
    try:
        await reachable.set_realm(ssoSessionMaxLifespan=1)
        await expect(page.locator("#session-ended")).to_be_visible()
        await page.get_by_role("link", name="Se reconnecter").click()
        await expect(page.locator("#kc-login")).to_be_visible()
    finally:
        await reachable.set_realm(ssoSessionMaxLifespan=36_000)
    await fill_in(page, person)
    await chat_begun(page)
    await page.get_by_role("link", name="Une longue réponse").click()
    await expect(page.locator(ANSWER)).to_contain_text(re.compile("Une phrase de plus.*interrompue", re.DOTALL))


async def test_a_realm_that_lost_our_mappers_names_the_command_that_repairs_it(
    visit: Visit, reachable: Relayed
) -> None:
    page, person = await visit(), await somebody(reachable.realm)
    async with reachable.realm.people() as people:
        identifier = str(await people.admin.a_get_client_id(CLIENT))
        for mapper in (await people.admin.a_get_client(identifier))["protocolMappers"]:
            await people.admin.a_remove_client_mapper(identifier, mapper["id"])
        await page.goto(reachable.url)
        await fill_in(page, person)
        await expect(page.locator("h1")).to_have_text("Connexion impossible")
        await expect(page.locator("main")).to_contain_text("assistant keycloak provision")
        for change in await plan(people.admin, shape_of(reachable.url, CLIENT), create_realm=False):
            await change.make(people.admin)
    await page.goto(reachable.url)
    await chat_begun(page)
