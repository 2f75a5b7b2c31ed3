"""A browser that watches what the page asks for, and the servers that it visits."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page, Request, async_playwright

CHROMIUM = "/usr/bin/chromium"
PROJECT = Path(__file__).parent.parent.parent
SECONDS = 180  # a small model on a busy machine


class Server:
    """A server in a process of its own, on a free port, with a data folder that outlives it."""

    def __init__(self, command: Sequence[str], home: Path, ready: str) -> None:
        self.home = home
        self._command, self._ready = command, ready
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = str(probe.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it and wait until it says that it is ready."""
        environment = os.environ | {"ASSISTANT_HOME": str(self.home), "PYTHONPATH": str(PROJECT)}
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            [*self._command, self._port], env=environment, stdout=subprocess.PIPE, text=True, cwd=self.home
        )
        assert self._process.stdout is not None
        said = ""
        while self._ready not in said:
            line = self._process.stdout.readline()
            assert line, f"the server ended before it was ready: {said}"
            said += line

    def stop(self) -> None:
        """End it as Ctrl+C does."""
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=60)


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The chat with an assistant that follows a script, quick and always the same."""
    home = Path(tmp_path_factory.mktemp("scripted"))
    server = Server([sys.executable, str(Path(__file__).parent / "scripted.py"), str(home)], home, "prêt")
    server.start()
    yield server
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
async def page() -> AsyncIterator[Page]:
    """A page in a fresh profile; in the end, it asked nothing of anybody else and nothing went wrong."""
    watched = Watched()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
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
        await browser.close()
    assert watched.foreign == []
    assert watched.errors == []
