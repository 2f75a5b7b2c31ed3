"""One synchronisation of a source at a time, over all processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ingestion.sources.errors import SourceBusy
from ingestion.sources.followed import Followed, SourceTable
from retrieval.rows import Pool

LEASE_S = 60.0  # after so long without a sign of life another process may go on


@asynccontextmanager
async def leased(pool: Pool, table: SourceTable, source: Followed) -> AsyncIterator[None]:
    """Nobody else has the source meanwhile; no connection is held. Raises `SourceBusy`."""
    async with pool.connection() as connection:
        until = await table.lease(connection, source.id, None, LEASE_S)
    if until is None:
        raise SourceBusy(source.name)

    async def keep() -> None:
        nonlocal until
        while until is not None:
            await asyncio.sleep(LEASE_S / 3)
            async with pool.connection() as connection:
                until = await table.lease(connection, source.id, until, LEASE_S)

    keeping = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        async with pool.connection() as connection:
            await table.release(connection, source.id, until)
