"""The sources that collections follow: with the credentials of the settings, and on schedule."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg

from ingestion import Credentials, Followed, Opening, Parts, Queue, Reception, Sources
from policies import Policy
from ui.limits import intake_limits, part_limits
from ui.meanwhile import meanwhile
from ui.observability.watching import NOT_WATCHING, Watching
from ui.settings import Settings

LOOK_S = 30.0  # between two looks at what is due
AT_ONCE = 4  # sources

_log = logging.getLogger(__name__)


def sources_of(settings: Settings, parts: Parts, queue: Queue, policy: Policy) -> Sources:
    """The service, for this process."""
    reception = Reception(
        parts.pool, parts.catalog, parts.ledger, parts.blobs, queue, parts.reader, part_limits(settings)
    )
    credentials = {
        name: Credentials(one.address, one.user, one.secret, one.region, one.ca)
        for name, one in settings.sources.items()
    }
    return Sources(
        pool=parts.pool,
        policy=policy,
        catalog=parts.catalog,
        ledger=parts.ledger,
        index=parts.index,
        receive=reception,
        opening=Opening(credentials, settings.followed_folders),
        limits=intake_limits(settings),
    )


@asynccontextmanager
async def scheduled(sources: Sources, watching: Watching = NOT_WATCHING, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Have what is due synchronised meanwhile; any number of processes may, for each source has one at a time."""
    async with meanwhile(_look(sources, watching, look_s)):
        yield


async def _look(sources: Sources, watching: Watching, look_s: float) -> None:
    """A source that takes long keeps no other one waiting."""
    running: dict[UUID, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as group:
        while True:
            await asyncio.sleep(look_s)  # first: a command that is over in a moment begins no synchronisation
            running = {source: task for source, task in running.items() if not task.done()}
            for followed in await _due(sources):
                if followed.id not in running and len(running) < AT_ONCE:
                    running[followed.id] = group.create_task(_synchronise(sources, watching, followed))


async def _due(sources: Sources) -> list[Followed]:
    try:
        return await sources.due()
    except psycopg.Error as error:
        _log.warning("What is due is not known (%s).", type(error).__name__)
        return []


async def _synchronise(sources: Sources, watching: Watching, followed: Followed) -> None:
    try:
        with watching.within("source.sync"):
            await sources.sync_due(followed)
    except Exception:  # noqa: BLE001 - it is logged, and tried again when it is due again
        _log.exception("A source could not be synchronised.")
