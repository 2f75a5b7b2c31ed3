"""A browser that watches what the page asks for, and the servers that it visits."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from tests.browser.servers import Server, Signed, environment, scripted_server
from tests.browser.signing_in import Person, Visit, somebody
from tests.keycloak import CLIENT, Keycloak, provisioned
from ui.commands.provisioning import shape_of

CHROMIUM = "/usr/bin/chromium"
SECONDS = 180  # a small model on a busy machine
HERE = re.compile(r"(http|ws)://127\.0\.0\.1:|(https|wss)://localhost:|data:|blob:http://127")
expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The chat with an assistant that follows a script, quick and always the same."""
    home = Path(tmp_path_factory.mktemp("scripted"))
    server = scripted_server(home)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def signed(keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    """The same behind Keycloak, in a realm of its own."""
    home = Path(tmp_path_factory.mktemp("signed"))
    server = scripted_server(home)
    realm = asyncio.run(provisioned(keycloak, shape_of(server.url, CLIENT)))
    server.environment = environment(realm, home)
    server.start()
    yield Signed(server, realm, server.url)
    server.stop()


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`assistant serve`, with the demonstration model and the collection «Aide»."""
    home = Path(tmp_path_factory.mktemp("real"))
    command = [str(Path(sys.executable).parent / "assistant"), "serve", "--port"]
    server = Server(command, home, "est prêt")
    server.start()
    yield server
    server.stop()


@dataclass
class Watched:
    """What a page did that it must not do."""

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("request", self._requested)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _requested(self, request: Request) -> None:
        if not HERE.match(request.url):
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        """Errors; breaches of the Content-Security-Policy and failed requests are among them."""
        if message.type == "error":
            self.errors.append(message.text)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, as Debian packages it."""
    async with async_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--ignore-certificate-errors"]  # ours vouches for itself
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page in a fresh profile; in the end, it asked nothing of anybody else and nothing went wrong."""
    watched = Watched()
    context = await browser.new_context(
        locale="fr-FR",
        viewport={"width": 1280, "height": 860},
        permissions=["clipboard-read", "clipboard-write"],
    )
    context.set_default_timeout(SECONDS * 1000)
    page = await context.new_page()
    watched.watch(page)
    context.on("page", watched.watch)
    yield page
    await context.close()
    assert watched.foreign == []
    assert watched.errors == []


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Opens pages, each in a fresh profile; in the end, none asked anything of anybody but us and Keycloak."""
    watched = Watched()

    async def page() -> Page:
        context = await browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 860})
        context.set_default_timeout(SECONDS * 1000)
        opened = await context.new_page()
        watched.watch(opened)
        return opened

    yield page
    assert watched.foreign == []


@pytest.fixture
async def agent(signed: Signed) -> Person:
    """An agent of the group /Cabinet."""
    return await somebody(signed.realm, groups=["/Cabinet"])
