"""Jobs as whoever keeps collections follows them: a line a job, narrowed, in an order, page by page."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any, LiteralString
from uuid import UUID

from psycopg.rows import DictRow

from ingestion import job_list_queries as queries
from ingestion.again import Again
from ingestion.errors import JobNotFound
from ingestion.jobs import MOST_NUMBER, JobState
from ingestion.queue import Queue
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import CollectionNotFound
from retrieval.permission import Permission
from retrieval.rows import COUNTED, Connection, Pool, all_rows, containing, ends, one_row, total_of


class JobOrder(StrEnum):
    """By what jobs are sorted."""

    NEWEST = "newest"  # by their numbers, which rise
    COLLECTION = "collection"


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs: of a collection, with a document in a state, with a reason that holds these words."""

    collection: UUID | None = None
    state: JobState | None = None
    words: str = ""

    @property
    def scope(self) -> LiteralString:
        """Where to look for them."""
        return queries.scope(self.state, self.words)

    @property
    def values(self) -> dict[str, Any]:
        """What the queries are given."""
        return {"words": containing(self.words) if self.words else None}


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job with the numbers of its documents; `reason` is one of those for which some failed, or wait.

    `draft`: its documents wait to be published in that collection. `doing`: a worker is at it.
    """

    job: int
    collection_id: UUID
    collection: str
    draft: bool
    documents: int
    pending: int
    failed: int
    quarantined: int
    received_at: dt.datetime
    attempts: int
    doing: bool
    next_try: dt.datetime | None
    reason: str

    @property
    def done(self) -> int:
        """How many documents are dealt with, well or not."""
        return self.documents - self.pending

    @property
    def state(self) -> JobState:
        """The first that holds of one of its documents: being read, waiting, failed, set aside; or all are found."""
        if self.pending:
            return JobState.RUNNING if self.doing else JobState.WAITING
        if self.failed:
            return JobState.FAILED
        return JobState.QUARANTINED if self.quarantined else JobState.INDEXED


@dataclass(frozen=True, slots=True)
class JobDocument:
    """A document of a job; `reason`: why it failed, or why the latest attempt did."""

    id: str
    name: str
    version: int
    state: JobState
    reason: str


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, how many there are, counted up to one more than `COUNTED`, and the collections whose jobs one may see.

    `states` counts the documents that are in each state, but for those that can simply be found.
    """

    jobs: Sequence[ListedJob]
    total: int
    collections: Sequence[Collection]
    states: Mapping[JobState, int]


@dataclass(frozen=True, slots=True)
class JobList:
    """The jobs of the collections to which a principal may add; methods raise `CollectionNotFound`, `Refused`."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    queue: Queue

    async def page(
        self,
        principal: Principal,
        asked: JobFilter,
        order: JobOrder = JobOrder.NEWEST,
        *,
        descending: bool = True,
        limit: int = 50,
        offset: int = 0,
        again: bool = False,
    ) -> JobPage:
        """Some jobs; recorded, but where it is the same look that goes on (`again`)."""
        collections = await self._collections(principal)
        values = asked.values | {"collections": _ids(collections, asked), "limit": limit, "offset": offset}
        async with self.pool.connection() as connection:
            rows, total = await _found(connection, asked.scope, order, values, descending=descending)
            states = await _states(connection, values)
            if not again:
                await self.ledger.append(connection, Event(Act.JOBS_LISTED, principal, {"jobs": len(rows)}))
        return JobPage(
            jobs=[ListedJob(**row) for row in rows],
            total=total,
            collections=collections,
            states=states,
        )

    async def states(self, kept: Sequence[Collection]) -> Mapping[JobState, int]:
        """How many documents of these collections, which somebody was found to keep, are in each state, but for those
        that can simply be found; of no job in particular.
        """
        values = {"collections": [one.id for one in kept]}
        async with self.pool.connection() as connection:
            return await _states(connection, values)

    async def opened(
        self, principal: Principal, job: int, *, limit: int = 50, offset: int = 0, again: bool = False
    ) -> tuple[ListedJob, list[JobDocument]]:
        """A job and some of its documents: first those with which something is wrong. Raises `JobNotFound`."""
        values = {"job": job, "limit": limit, "offset": offset}
        async with self.pool.connection() as connection:
            row = await one_row(connection, queries.ONE, values) if 0 <= job < MOST_NUMBER else None
        if row is None:
            raise JobNotFound(job)
        listed = ListedJob(**row)
        try:
            await self._permission().collection_by_id(principal, Action.INGEST, listed.collection_id)
        except CollectionNotFound as error:
            raise JobNotFound(job) from error
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.DOCUMENTS, values)
            if not again:
                details: dict[str, Json] = {"job": job, "documents": len(rows)}
                await self.ledger.append(connection, Event(Act.JOBS_LISTED, principal, details))
        return listed, [JobDocument(**one | {"state": JobState(one["state"])}) for one in rows]

    async def retry_failed(self, principal: Principal, asked: JobFilter) -> int:
        """Have tried again what failed in these collections, for a reason that holds these words; gives how many."""
        collections = {one.id: one for one in await self._collections(principal)}
        values = asked.values | {"collections": _ids([*collections.values()], asked)}
        retried = 0
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.FAILED, values)
            for (held, of), some in groupby(rows, key=lambda row: (row["collection_id"], row["of"])):
                ids = [row["id"] for row in some]
                await Again(self.pool, self.queue).read(connection, held, ids)
                decision = self.policy.decide(principal, Action.INGEST, collections[of].rule)
                details: dict[str, Json] = {
                    "collection_id": str(of),
                    "documents": len(ids),
                    "rules": [*decision.rules],
                }
                await self.ledger.append(connection, Event(Act.JOB_RETRIED, principal, details))
                retried += len(ids)
        return retried

    async def _collections(self, principal: Principal) -> list[Collection]:
        return await self._permission().collections(principal, Action.INGEST)

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


def _ids(collections: Sequence[Collection], asked: JobFilter) -> list[UUID]:
    """Those that are asked for. Raises `CollectionNotFound`."""
    ids = [one.id for one in collections]
    if asked.collection is None:
        return ids
    if asked.collection not in ids:
        raise CollectionNotFound(str(asked.collection))
    return [asked.collection]


async def _found(
    connection: Connection, scope: LiteralString, order: JobOrder, values: dict[str, Any], *, descending: bool
) -> tuple[list[DictRow], int]:
    """The rows of a page of jobs, and how many jobs there are."""
    values = values | {"most": COUNTED + 1}
    by_collection = order is JobOrder.COLLECTION
    ordered = (queries.by_collection if by_collection else queries.by_number)(scope, descending=descending)
    at_once = queries.takes_all(scope, by_collection=by_collection)
    rows = await all_rows(connection, (queries.counted_page if at_once else queries.page)(ordered), values)
    totals = [row.pop("total") for row in rows] if at_once else []
    if totals and not ends(len(rows), values["offset"], values["limit"]):
        return rows, totals[0]
    return rows, await total_of(connection, queries.count(scope), values, len(rows))


async def _states(connection: Connection, values: Mapping[str, object]) -> dict[JobState, int]:
    """Of the documents of `collections`."""
    held = await all_rows(connection, queries.STATES, values)
    running = await one_row(connection, queries.RUNNING, values)
    states, at_work = {row["state"]: row["count"] for row in held}, running["count"] if running else 0
    return {
        JobState.RUNNING: at_work,
        JobState.WAITING: max(0, states.get("pending", 0) - at_work),
        JobState.FAILED: states.get("failed", 0),
        JobState.QUARANTINED: states.get("quarantined", 0),
    }
