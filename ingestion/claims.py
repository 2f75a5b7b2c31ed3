"""Which documents are a job's to do, and keeping everybody else from them for as long as a transaction lasts."""

from collections.abc import Sequence
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from ingestion import reception_queries as queries
from ingestion.batch import Waiting

Connection = AsyncConnection[Any]


async def waiting(connection: Connection, job: int) -> list[Waiting]:
    """What the job still has to do."""
    return await _rows(connection, job, None)


async def locked(connection: Connection, job: int, ids: Sequence[str]) -> list[Waiting]:
    """Those of the documents that are still the job's to do; nobody else changes them in this transaction."""
    return await _rows(connection, job, list(ids))


async def _rows(connection: Connection, job: int, ids: list[str] | None) -> list[Waiting]:
    query = queries.WAITING if ids is None else queries.LOCK_WAITING
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(query, {"job_id": job, "ids": ids})).fetchall()
    return [Waiting.of_row(row) for row in rows]
