"""Which documents are a job's to do, and keeping everybody else from them for as long as a transaction lasts."""

from collections.abc import Sequence

from ingestion import reception_queries as queries
from ingestion.batch import Waiting
from retrieval.rows import Connection, all_rows


async def waiting(connection: Connection, job: int) -> list[Waiting]:
    """What the job still has to do."""
    return await _of_job(connection, job, None)


async def locked(connection: Connection, job: int, ids: Sequence[str]) -> list[Waiting]:
    """Those of the documents that are still the job's to do; nobody else changes them in this transaction."""
    return await _of_job(connection, job, list(ids))


async def _of_job(connection: Connection, job: int, ids: list[str] | None) -> list[Waiting]:
    query = queries.WAITING if ids is None else queries.LOCK_WAITING
    return [Waiting.of_row(row) for row in await all_rows(connection, query, {"job_id": job, "ids": ids})]
