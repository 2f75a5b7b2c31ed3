"""Chromium without a server: it shows what an application in this process has answered, in whatever state that is.

1. Chromium lives as long as the run, on a loop of its own in a thread of its own: each test has another loop, where its
   application and its database are.
2. A page is the answer that a test holds already; what the page asks for besides is answered by the same application,
   to the same person.
3. What renews itself (htmx) is never answered, so that a state stays as it is while it is looked at.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser, ConsoleMessage, Page, Route, ViewportSize, async_playwright, expect

from tests.browser.conftest import CHROMIUM
from tests.browser.faults import faults
from tests.browser.keeping_pictures import keep_picture
from ui.gate import CONTENT_SECURITY_POLICY
from ui.pages import FRONT, STATIC

WIDE, NARROW = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=844)
PATIENCE = 30_000  # ms
FOLD = "all => all.forEach(one => { one.open = false; })"  # as the menu is on a telephone
STORED = re.compile(r"(?:/a)?/(static|front)/([\w./-]+)")
ICON = re.compile(r"(?:/a)?/favicon")

T = TypeVar("T")
Act = Callable[[Page], Awaitable[object]]


class Chromium:
    """As Debian packages it, and the loop on which it is spoken to."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._open = AsyncExitStack()
        self.browser = asyncio.run_coroutine_threadsafe(self._launched(), self._loop).result()

    async def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Have it done on that loop; from a test, whose own loop goes on meanwhile."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    def close(self) -> None:
        """End it, and its thread."""
        asyncio.run_coroutine_threadsafe(self._open.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _launched(self) -> Browser:
        playwright = await self._open.enter_async_context(async_playwright())
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        self._open.push_async_callback(browser.close)
        return browser


@dataclass
class Screen:
    """A page in a fresh profile. `home` is the loop of the test; `foreign` and `errors` must stay empty."""

    chromium: Chromium
    http: httpx.AsyncClient
    page: Page
    home: asyncio.AbstractEventLoop
    answer: httpx.Response | None = None
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def shows(self, answer: httpx.Response, said: str, *acts: Act, picture: str = "") -> None:
        """Show the page, do these acts in it: it says so in plain sight, fits wide and narrow, and has no fault."""
        self.answer = answer
        await self.chromium.does(self._look(str(answer.url), said, acts, picture))

    async def begin(self) -> None:
        """From now on answer what pages ask for."""
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._logged)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        await self.page.route("**/*", self._answered)

    async def _look(self, address: str, said: str, acts: tuple[Act, ...], picture: str) -> None:
        page = self.page
        await page.set_viewport_size(WIDE)
        await page.goto(address)
        for act in acts:
            await act(page)
        await expect(page.get_by_text(said).filter(visible=True).first).to_be_visible(timeout=PATIENCE)
        assert await page.locator("h1").count() == 1, address
        for width in (WIDE, NARROW):
            await page.set_viewport_size(width)
            if width is NARROW:
                await page.locator(".console-menu details").evaluate_all(FOLD)
            wider = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{said}: {wider} pixels too wide"
            await keep_picture(page, picture)
        assert await faults(page) == [], said  # wide, the crawl in test_console.py looks at all pages

    async def _answered(self, route: Route) -> None:
        request, parts = route.request, urlsplit(route.request.url)
        if self.answer is None or parts.netloc != self.answer.url.netloc.decode():
            self.foreign.append(request.url)
            await route.abort()
        elif request.is_navigation_request():
            # With another status Chromium would call it an error, and look the same.
            headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": CONTENT_SECURITY_POLICY}
            await route.fulfill(body=self.answer.content, headers=headers)
        elif stored := STORED.fullmatch(parts.path):
            await route.fulfill(path={"static": STATIC, "front": FRONT}[stored[1]] / stored[2])
        elif ICON.fullmatch(parts.path):
            await route.fulfill(path=STATIC / "favicon.svg")
        elif "hx-request" not in request.headers:
            told = await self._ask(request.method, request.url, request.headers, request.post_data_buffer)
            await route.fulfill(status=told.status_code, headers=dict(told.headers), body=told.content)

    async def _ask(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> httpx.Response:
        asked = self.http.request(method, url, headers=headers, content=body)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked, self.home))

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)


def opens(label: str) -> Act:
    """Unfold what is folded under these words."""
    return lambda page: page.locator("summary", has_text=label).first.click()


def ticks(*selectors: str) -> Act:
    """Tick these boxes, which the design system draws itself."""

    async def act(page: Page) -> None:
        for selector in selectors:
            await page.locator(selector).check(force=True)

    return act
