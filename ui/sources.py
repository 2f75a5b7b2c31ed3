"""The sources that collections follow: with the credentials of the settings, and on schedule."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ingestion import Credentials, Opening, Parts, Queue, Reception, Sources
from policies import Policy
from ui.limits import intake_limits, part_limits
from ui.settings import Settings

LOOK_S = 30.0  # between two looks at what is due

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
        opening=Opening(credentials),
        limits=intake_limits(settings),
    )


@asynccontextmanager
async def scheduled(sources: Sources, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Have what is due synchronised meanwhile; any number of processes may, for each source has one at a time."""
    looking = asyncio.create_task(_look(sources, look_s))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _look(sources: Sources, look_s: float) -> None:
    while True:
        await asyncio.sleep(look_s)  # first: a command that is over in a moment begins no synchronisation
        try:
            await sources.sync_due()
        except Exception:  # noqa: BLE001 - it is logged, and the next look comes
            _log.exception("What is due could not be synchronised.")
