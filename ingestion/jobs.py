"""Seeing how far documents are, and stopping their jobs or having them tried again: decided and recorded."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ingestion import jobs_queries as queries
from ingestion.again import Again
from ingestion.claims import locked, waiting
from ingestion.errors import JobNotFound
from ingestion.failing import Failing, Reason
from ingestion.queue import Queue
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound
from retrieval.index import Index
from retrieval.permission import Permission
from retrieval.rows import Connection, Pool, all_rows

CANCELLED = (
    "Importation annulée\u202f: le document n’est plus trouvable. Relancez-la par « assistant jobs retry », "
    "ou versez à nouveau le document."
)

MOST_NUMBER = 2**63  # a job's is less


class JobState(StrEnum):
    """Where a document stands between its reception and its end."""

    WAITING = "waiting"
    RUNNING = "running"
    INDEXED = "indexed"
    FAILED = "failed"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class DocumentJob:
    """A document and the job that reads it; `reason`: why it failed, or why the latest attempt did.

    Of a job that is running, `done` of `total` documents are dealt with.
    """

    collection: str
    id: str
    name: str
    version: int
    job: int
    state: JobState
    reason: str
    attempts: int
    next_try: dt.datetime | None
    done: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of the collections to which a principal may add."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index
    queue: Queue

    async def page(
        self,
        principal: Principal,
        collection_name: str = "",
        state: JobState | None = None,
        after: tuple[str, str] = ("", ""),
        limit: int = 100,
    ) -> list[DocumentJob]:
        """The next documents after that one (collection and id), of one collection or of all.

        Raises `CollectionNotFound`, `Refused`.
        """
        values = {
            "collections": await self._collections(principal, collection_name),
            "after_collection": after[0],
            "after": after[1],
            "state": state,
            "limit": limit,
        }
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.PAGE, values)
            await self.ledger.append(connection, Event(Act.JOBS_LISTED, principal, {"documents": len(rows)}))
        return [DocumentJob(**row | {"state": JobState(row["state"])}) for row in rows]

    async def cancel(self, principal: Principal, job: int) -> int:
        """Stop a job; what is left of it has failed. Gives how many documents. Raises `JobNotFound`, `Refused`."""
        collection = await self._collection_of(principal, job)
        async with self.pool.connection() as connection:
            left = await locked(connection, job, [one.id for one in await waiting(connection, job)])
            await self.queue.cancel(connection, job)
            reasons = {one.id: Reason(CANCELLED, "cancelled") for one in left}
            failing = Failing(self.catalog, self.ledger, self.index)
            await failing.fail(connection, left, reasons, by=principal, retry=True)
            await self._record(connection, Act.JOB_CANCELLED, principal, collection, len(left), job=job)
        return len(left)

    async def retry(self, principal: Principal, job: int) -> int:
        """Have tried again, now, what failed or waits of a job; gives how many documents.

        Raises `JobNotFound`, `Refused`.
        """
        collection = await self._collection_of(principal, job)
        async with self.pool.connection() as connection:
            rows = await (await connection.execute(queries.RETRIABLE_OF_JOB, [job])).fetchall()
            ids = [identifier for _, identifier in rows]
            if rows:  # what is prepared for the collection lies beside it
                await Again(self.pool, self.queue).read(connection, rows[0][0], ids)
            await self._record(connection, Act.JOB_RETRIED, principal, collection, len(ids), job=job)
        return len(ids)

    async def retry_failed(self, principal: Principal, collection_name: str = "") -> int:
        """Have tried again all that failed in a collection, or in all. Raises `CollectionNotFound`, `Refused`."""
        retried = 0
        for collection_id in await self._collections(principal, collection_name):
            async with self.pool.connection() as connection:
                collection = await self.catalog.collection_by_id(connection, collection_id)
                rows = await (await connection.execute(queries.FAILED, [collection_id])).fetchall()
                ids = [identifier for (identifier,) in rows]
                if ids:
                    await Again(self.pool, self.queue).read(connection, collection_id, ids)
                    await self._record(connection, Act.JOB_RETRIED, principal, collection, len(ids))
                    retried += len(ids)
        return retried

    async def _collections(self, principal: Principal, name: str) -> list[UUID]:
        names = [name] if name else []
        return [one.id for one in await self._permission().collections(principal, Action.INGEST, names)]

    async def _collection_of(self, principal: Principal, job: int) -> Collection:
        """The one whose it is, or that it prepares. Who may not read it is told that there is no such job."""
        row = None
        if 0 <= job < MOST_NUMBER:
            async with self.pool.connection() as connection:
                row = await (await connection.execute(queries.COLLECTION_OF_JOB, [job])).fetchone()
        if row is None:
            raise JobNotFound(job)
        try:
            return await self._permission().collection_by_id(principal, Action.INGEST, row[0])
        except CollectionNotFound as error:
            raise JobNotFound(job) from error

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)

    async def _record(
        self,
        connection: Connection,
        act: Act,
        principal: Principal,
        collection: Collection,
        documents: int,
        *,
        job: int | None = None,
    ) -> None:
        details: dict[str, Json] = {
            "collection_id": str(collection.id),
            "documents": documents,
            "job": job,
            "rules": [*collection.allowed_by],
        }
        await self.ledger.append(connection, Event(act, principal, details))
