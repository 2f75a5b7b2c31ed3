"""The console's pages over real stores, without a server, before Chromium."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.browser.console.screen import WIDE, Chromium, Screen

# Fixtures of the tests that ask the same pages for what they say.
from tests.ui.console.conftest import Console, console  # noqa: F401
from tests.ui.console.test_essai import _everybody_is_in_the_directory, collection, held  # noqa: F401
from tests.ui.console.test_models import files, other  # noqa: F401
from tests.ui.console.test_people import pages, realm  # noqa: F401
from tests.ui.console.test_publication import notes  # noqa: F401


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """One for the whole run."""
    chromium = Chromium()
    yield chromium
    chromium.close()


@pytest.fixture
async def screen(console: Console, chromium: Chromium) -> AsyncIterator[Screen]:  # noqa: F811
    """A page in a fresh profile; in the end, it asked nothing of anybody else and nothing went wrong."""
    context = await chromium.does(chromium.browser.new_context(locale="fr-FR", viewport=WIDE))
    page = await chromium.does(context.new_page())
    screen = Screen(chromium, console.http, page, asyncio.get_running_loop())
    await chromium.does(screen.begin())
    yield screen
    await chromium.does(context.close())
    assert screen.foreign == []
    assert screen.errors == []
