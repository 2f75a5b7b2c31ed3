"""A browser that watches what the page asks for, and the servers that it visits."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright, expect

from tests.browser.servers import Server, Signed, environment
from tests.keycloak import CLIENT, Keycloak, provisioned
from ui.commands.provisioning import shape_of

CHROMIUM = "/usr/bin/chromium"
SECONDS = 180  # a small model on a busy machine
expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The chat with an assistant that follows a script, quick and always the same."""
    home = Path(tmp_path_factory.mktemp("scripted"))
    server = Server([sys.executable, str(Path(__file__).parent / "scripted.py"), str(home)], home, "prêt")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def signed(keycloak: Keycloak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    """The same behind Keycloak, in a realm of its own."""
    home = Path(tmp_path_factory.mktemp("signed"))
    server = Server([sys.executable, str(Path(__file__).parent / "scripted.py"), str(home)], home, "prêt")
    realm = asyncio.run(provisioned(keycloak, shape_of(server.url, CLIENT)))
    server.environment = environment(realm, home)
    server.start()
    yield Signed(server, realm)
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
        if not re.match(r"(http|ws)://127\.0\.0\.1:|data:|blob:http://127", request.url):
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        """Errors; breaches of the Content-Security-Policy and failed requests are among them."""
        if message.type == "error":
            self.errors.append(message.text)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium, as Debian packages it."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
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
