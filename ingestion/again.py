"""Having workers read again what was received: its originals are there."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from ingestion import jobs_queries as queries
from ingestion.queue import Queue
from ingestion.reception import BATCH_DOCUMENTS
from retrieval.rows import Connection, Pool


class Again:
    """Gives documents to new jobs."""

    def __init__(self, pool: Pool, queue: Queue) -> None:
        self._pool = pool
        self._queue = queue

    async def read(self, connection: Connection, collection_id: UUID, ids: Sequence[str]) -> list[int]:
        """Have these read again, once the transaction commits, as far as they were received; gives the jobs."""
        rows = await (await connection.execute(queries.LOCK_RECEIVED, [collection_id, list(ids)])).fetchall()
        held = [identifier for (identifier,) in rows]
        jobs: list[int] = []
        await connection.execute(queries.MAKE_PENDING, [collection_id, held])
        for start in range(0, len(held), BATCH_DOCUMENTS):
            some = held[start : start + BATCH_DOCUMENTS]
            job = await self._queue.defer(connection, after=jobs[-1] if jobs else None)
            await connection.execute(queries.GIVE_TO_JOB, [job, collection_id, some])
            jobs.append(job)
        return jobs

    async def resume(self) -> int:
        """Have read what waits for a job that is not there; gives how many documents."""
        resumed = 0
        while True:
            async with self._pool.connection() as connection:
                rows = await (await connection.execute(queries.FORSAKEN, [BATCH_DOCUMENTS])).fetchall()
                for collection_id, some in groupby(rows, key=lambda row: row[0]):
                    await self.read(connection, collection_id, [identifier for _, identifier in some])
            if not rows:
                return resumed
            resumed += len(rows)
