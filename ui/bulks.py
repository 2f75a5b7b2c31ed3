"""Changes to many documents, gone on with while the process lives."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from ingestion.bulks import Bulks
from ui.meanwhile import meanwhile

LOOK_S = 30.0  # between two looks at what another process left

_log = logging.getLogger(__name__)


@asynccontextmanager
async def going_on(bulks: Bulks, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Have what begins, or was left, done meanwhile; any number of processes may, for each has one at a time."""
    async with meanwhile(_look(bulks, look_s)):
        yield


async def _look(bulks: Bulks, look_s: float) -> None:
    while True:
        await bulks.news(look_s)  # first: a command that is over in a moment takes up nothing of others
        try:
            for bulk in await bulks.waiting():
                await bulks.work(bulk)
        except psycopg.Error as error:
            _log.warning("What many documents wait for is not known (%s).", type(error).__name__)
        except Exception:  # noqa: BLE001 - it is logged and noted, and tried again
            _log.exception("A change to many documents does not get on.")
