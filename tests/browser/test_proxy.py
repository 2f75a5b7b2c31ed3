"""Behind a proxy that ends TLS and shows the assistant under a path."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Page, Response, expect

from tests.browser.chatting import ANSWER, answered, ask
from tests.browser.conftest import Watched
from tests.browser.proxy import Proxy
from tests.browser.servers import Signed, environment, scripted_server
from tests.browser.signing_in import Visit, sign_in, sign_out, somebody
from tests.keycloak import CLIENT, Keycloak, provisioned
from ui.commands.provisioning import shape_of
from ui.sign_in.refusals import RefusalLimits

PATH = "/assistant"


@dataclass(frozen=True)
class Proxied(Signed):
    """A server that is seen through a proxy."""

    proxy: Proxy


@pytest.fixture(scope="module")
def served(keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """The chat behind Keycloak and a proxy that is still closed."""
    home = Path(tmp_path_factory.mktemp("proxied"))
    server = scripted_server(home)
    proxy = Proxy(server.port, PATH, keycloak.certificate)
    realm = asyncio.run(provisioned(keycloak, shape_of(proxy.url, CLIENT)))
    server.environment = environment(realm, home) | {
        "ASSISTANT_URL": proxy.url,
        "ASSISTANT_TRUSTED_PROXIES": "127.0.0.1",
    }
    server.start()
    yield Proxied(server, realm, proxy.url, proxy)
    server.stop()


@pytest.fixture(params=[False, True], ids=["leaves the path", "takes it off"])
async def proxied(served: Proxied, request: pytest.FixtureRequest) -> AsyncIterator[Proxied]:
    """The same, with the proxy open."""
    served.proxy.strips = request.param
    async with served.proxy.opened():
        yield served


@dataclass
class Loaded:
    """What a page loaded from its host."""

    failed: list[tuple[int, str]] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)

    def watch(self, page: Page, host: str) -> None:
        def loaded(response: Response) -> None:
            if urlsplit(response.url).netloc == host:
                self.paths.add(urlsplit(response.url).path)
                if response.status >= 400:
                    self.failed.append((response.status, response.url))

        page.on("response", loaded)


async def test_all_of_a_visit_works_and_stays_under_the_path(visit: Visit, proxied: Proxied) -> None:
    page, watched, loaded = await visit(), Watched(), Loaded()
    watched.watch(page)
    loaded.watch(page, urlsplit(proxied.url).netloc)
    await sign_in(page, proxied, await somebody(proxied.realm, groups=["/Cabinet"]))
    assert page.url == f"{proxied.url}/"
    [cookie] = [one for one in await page.context.cookies(proxied.url) if one["name"] == "__Host-assistant"]
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/")
    assert cookie["domain"] == "localhost"

    await ask(page, "Comment vérifier ?")
    answer = await answered(page)
    await expect(page).to_have_url(re.compile(f"^{re.escape(proxied.url)}/thread/"))
    await answer.get_by_role("link").first.click()
    await expect(page.locator("#passage-panel-body")).to_contain_text("Chaque phrase porte le numéro de sa source.")
    await page.locator("#passage-panel-close").click()
    async with page.context.expect_page() as opening:
        await answer.get_by_role("link").first.click(modifiers=["Control"])
    passage = await opening.value
    watched.watch(passage)
    await expect(passage.locator("h1")).to_be_visible()
    assert passage.url.startswith(f"{proxied.url}/passage?")
    await passage.close()

    await page.reload()
    await page.get_by_role("link", name="Comment vérifier").click()
    await expect(page.locator(ANSWER)).to_contain_text("Chaque phrase porte le numéro de sa source")
    assert page.url.startswith(f"{proxied.url}/thread/")
    await page.reload()
    await ask(page, "Et ensuite ?")
    await expect(page.locator(ANSWER).last).to_contain_text("Tour 1.")
    await answered(page)

    assert loaded.failed == []
    assert watched.errors == []
    await sign_out(page)
    assert page.url == f"{proxied.url}/deconnecte"
    watched.errors.clear()  # a page that is open at that moment hears that it may no longer ask
    await page.reload()
    await page.get_by_role("link", name="Se reconnecter").click()
    await expect(page.locator("#kc-login")).to_be_visible()
    assert watched.errors == []
    assert watched.foreign == []
    assert {path for path in loaded.paths if not f"{path}/".startswith(f"{PATH}/")} == set()


async def test_keycloaks_word_through_the_proxy_closes_the_open_chat(visit: Visit, proxied: Proxied) -> None:
    person = await somebody(proxied.realm)
    page = await visit()
    await sign_in(page, proxied, person)
    async with proxied.realm.people() as people:
        await people.admin.a_user_logout(person.subject)
    while await proxied.proxy.passed.get() != f"{PATH}/deconnexion/keycloak":
        pass
    await expect(page.locator("#session-ended")).to_be_visible()
    await page.get_by_role("link", name="Se reconnecter").click()
    await expect(page.locator("#kc-login")).to_be_visible()


@pytest.mark.parametrize(("peer", "believed"), [("127.0.0.1", True), ("127.0.0.2", False)])
async def test_only_the_proxy_is_believed_about_who_calls(served: Proxied, peer: str, believed: bool) -> None:
    """Whoever could say from where they call would never be refused too often."""
    host = urlsplit(served.url).netloc
    named = {"Host": host, "X-Forwarded-Host": host, "X-Forwarded-Proto": "https"}
    transport = httpx.AsyncHTTPTransport(local_address=peer)
    async with httpx.AsyncClient(transport=transport, base_url=served.server.url, timeout=60) as caller:
        answers = [
            await caller.get("/connexion/retour", headers=named | {"X-Forwarded-For": f"192.0.2.{number}"})
            for number in range(3 * RefusalLimits().budget)
        ]
        assert {answer.status_code for answer in answers} == ({401} if believed else {401, 429})
        assert (await caller.get("/", headers={"X-Forwarded-Host": host})).status_code == 421
