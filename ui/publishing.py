"""Publications that were decided go on by themselves, whatever became of the process that began them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from ingestion.publication.swap import Swapping
from retrieval.errors import RetrievalError
from ui.meanwhile import meanwhile

LOOK_S = 10.0  # between two looks at what is decided

_log = logging.getLogger(__name__)


@asynccontextmanager
async def carrying_out(swapping: Swapping, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Carry out meanwhile what is decided; any number of processes may be at the same."""
    async with meanwhile(_look(swapping, look_s)):
        yield


async def _look(swapping: Swapping, look_s: float) -> None:
    while True:
        try:
            for publication_id in await swapping.decided():
                while await swapping.step(publication_id):
                    pass
        except (RetrievalError, psycopg.Error, OSError) as error:
            _log.warning("A publication does not go on (%s); trying again.", type(error).__name__)
        await asyncio.sleep(look_s)
