"""Hands that work the pages: one by mouse, one by keyboard alone. Both type what is to be typed."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser.test_uploads import drop

MOST_STOPS = 250  # no control of a page lies further than so many presses of the tab key

# What only a mouse, a finger or something dragged brings about; a key that presses a button is a click alone.
POINTING = """
for (const kind of ["pointerdown", "pointermove", "wheel", "dragenter"]) {
  window.addEventListener(kind, () => window.pointed(kind), { capture: true, passive: true });
}
"""

# The key that leads from what has the focus towards a control: none where it has the focus itself; null where the page
# has renewed that part of itself.
NEXT_KEY = """
(wanted) => {
  const here = document.activeElement;
  if (here === wanted) return "";
  if (!wanted.isConnected) return null;
  return wanted.type === "radio" && here.name === wanted.name ? "ArrowDown" : "Tab";
}
"""


class Hand(ABC):
    """Does on a page what a person does."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, what: Locator) -> None:
        """A link or a button; then the page that follows is there."""
        async with self.page.expect_navigation():
            await self._push(what)

    async def write(self, what: Locator, text: str) -> None:
        """Into a field, in the place of what stands there."""
        await self._enter(what)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.type(text)
        await expect(what).to_have_value(text)

    async def write_first_of_january(self, what: Locator, year: int) -> None:
        """Into a field of a date; that day is typed alike whether days or months come first."""
        await self._enter(what)
        await self.page.keyboard.type(f"0101{year}")
        await expect(what).to_have_value(f"{year}-01-01")

    async def choose(self, what: Locator, *, chosen: bool = True) -> None:
        """A box that is not yet so, or one of several choices."""
        await self._toggle(what)
        await expect(what).to_be_checked(checked=chosen)

    @abstractmethod
    async def bring(self, *files: Path) -> None:
        """These files, to the page that takes them."""

    @abstractmethod
    async def _push(self, what: Locator) -> None: ...

    @abstractmethod
    async def _enter(self, what: Locator) -> None: ...

    @abstractmethod
    async def _toggle(self, what: Locator) -> None: ...


class Mouse(Hand):
    """Clicks, and drops files."""

    async def bring(self, *files: Path) -> None:
        """Dropped from outside the browser."""
        await drop(self.page, *files)

    async def _push(self, what: Locator) -> None:
        await what.click()

    async def _enter(self, what: Locator) -> None:
        await what.click(position={"x": 20, "y": 20})  # where a date begins

    async def _toggle(self, what: Locator) -> None:
        await what.click(force=True)  # its label lies upon it


class Keyboard(Hand):
    """Goes by the focus, so that what takes none is never reached."""

    async def bring(self, *files: Path) -> None:
        """Chosen in the browser's own window, which a key opens."""
        async with self.page.expect_file_chooser() as opened:  # before the way there: it takes effect late
            await self._push(self.page.locator("#fichiers"))
        await (await opened.value).set_files(files)

    async def _push(self, what: Locator) -> None:
        await self._reach(what)
        await self.page.keyboard.press("Enter")

    async def _enter(self, what: Locator) -> None:
        await self._reach(what)

    async def _toggle(self, what: Locator) -> None:
        await self._reach(what)
        await self.page.keyboard.press("Space")

    async def _reach(self, what: Locator) -> None:
        await expect(what).to_be_visible()
        wanted = await what.element_handle()
        for _ in range(MOST_STOPS):
            key = await wanted.evaluate(NEXT_KEY)
            if key is None:
                wanted = await what.element_handle()
            elif key:
                await self.page.keyboard.press(key)
            else:
                return
        raise AssertionError(f"the keyboard does not reach {what}")


@asynccontextmanager
async def mouse(page: Page) -> AsyncIterator[Hand]:
    """By mouse, but for what is typed."""
    yield Mouse(page)


@asynccontextmanager
async def keyboard(page: Page) -> AsyncIterator[Hand]:
    """By keyboard alone: fails where anything was pointed at. The page must not yet have been opened."""
    pointed: list[str] = []
    await page.expose_function("pointed", lambda kind: pointed.append(kind))
    await page.add_init_script(POINTING)
    yield Keyboard(page)
    assert pointed == []
