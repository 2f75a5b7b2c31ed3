"""The vocabulary of collections, kept up to date while a process serves or works."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from retrieval import Counting, Lexicons
from ui.meanwhile import meanwhile

LOOK_S = 10.0  # between two looks at whether there is something to count, or to see
LAST_SHARE, LAST_S = 0.1, 30.0  # of the time it took, and seconds, that an import may go on for to count what came in

_log = logging.getLogger(__name__)


@asynccontextmanager
async def counting_words(
    counting: Counting | None, lexicons: Lexicons | None = None, look_s: float = LOOK_S
) -> AsyncIterator[None]:
    """Have collections counted meanwhile, unless another process does, and what anybody has counted be seen."""
    opened = time.monotonic()
    async with meanwhile(_go_on(counting, lexicons, look_s)):
        yield
    if counting is not None:
        try:
            async with asyncio.timeout(min(LAST_S, LAST_SHARE * (time.monotonic() - opened))):
                await counting.complete(hurried=False)
        except TimeoutError:
            _log.info("Not all collections' words are counted; the next process goes on.")


async def counted(counting: Counting, lexicons: Lexicons) -> None:
    """Count what there is to count, and see it."""
    await counting.complete()
    await lexicons.refresh()


async def _go_on(counting: Counting | None, lexicons: Lexicons | None, look_s: float) -> None:
    while True:
        await asyncio.sleep(look_s)  # first: a command that is over in a moment has nothing to do with it
        try:
            while counting is not None and await counting.step():
                continue
            if lexicons is not None:
                await lexicons.refresh()
        except (psycopg.Error, OSError) as error:
            _log.warning("Words are not counted for now (%s).", type(error).__name__)
