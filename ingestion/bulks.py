"""The same change to many documents: told beforehand to how many, made in the background, each recorded.

1. What a change is made to is settled when it begins; what comes into the list later is not touched.
2. Whoever has begun it must be allowed to add to a collection when the turn of its documents comes, too.
3. A few documents at a time, in their order; after a crash another process goes on from there.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from ingestion import bulk_queries as queries
from ingestion.bulk import Bulk, Change, LeftAlone
from ingestion.bulk_steps import GONE, Reasons, Steps
from ingestion.delays import reason_for
from ingestion.errors import BulkMoved, BulkNotFound
from ingestion.publication.drafts import Drafts
from ingestion.queue import Queue
from policies import Act, Action, Event, Json, Policy, Principal, Refused
from retrieval.corpus import Collection
from retrieval.document_filter import DocumentFilter
from retrieval.document_list import Key, keys_of, known
from retrieval.documents import Documents
from retrieval.errors import CollectionNotFound
from retrieval.permission import Permission, Which
from retrieval.rows import Connection, Pool, all_rows, one_row

AT_ONCE = 25  # documents
LEASE_S = 60.0
NOT_YOURS = "Vous ne pouvez plus changer cette collection."


@dataclass(frozen=True, slots=True)
class Everything:
    """All that a list finds, in one collection or in all; the number is what was announced."""

    wanted: DocumentFilter
    which: Which | None
    announced: int


Chosen = Everything | Sequence[Key]


@dataclass(frozen=True, slots=True)
class Bulks:
    """For whoever may add to the collections; one's own changes are told to oneself alone."""

    pool: Pool
    policy: Policy
    documents: Documents
    drafts: Drafts
    queue: Queue
    _begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self, principal: Principal, change: Change, chosen: Chosen, on: dt.date | None = None) -> Bulk:
        """Settle what is to be done; `work` does it. `on` is the first day on which what is repealed does not apply.

        Raises `BulkMoved` (for everything), `CollectionNotFound`, `Refused`.
        """
        collections = await self._collections(principal, chosen)
        bulk_id = uuid4()
        async with self.pool.connection() as connection:
            begun = {"id": bulk_id, "principal": Jsonb(principal.as_json()), "change": change, "repealed_on": on}
            await connection.execute(queries.START, begun)
            keys = await _keys(connection, chosen, collections)
            async with connection.cursor() as cursor, cursor.copy(queries.COPY) as copy:
                for collection_id, document_id in keys:
                    await copy.write_row((bulk_id, collection_id, document_id))
            row = await one_row(connection, queries.COUNT, {"id": bulk_id})
            documents = row["documents"] if row else 0
            if isinstance(chosen, Everything) and documents != chosen.announced:
                raise BulkMoved(chosen.announced, documents)
            if not documents:
                await connection.execute(queries.END, [bulk_id])
            touched = {collection_id for collection_id, _ in keys}
            of_these = [one for one in collections if one.id in touched]
            await self.documents.ledger.append(connection, _started(principal, change, on, of_these, documents))
        self._begun.set()
        return await self.bulk(principal, bulk_id)

    async def news(self, within: float) -> None:
        """Wait until one begins in this process, so many seconds at most: others may leave one behind."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._begun.wait()
        self._begun.clear()

    async def bulk(self, principal: Principal, bulk_id: UUID) -> Bulk:
        """How far it is. Raises `BulkNotFound`."""
        async with self.pool.connection() as connection:
            row = await one_row(connection, queries.BULK, {"id": bulk_id, "subject": principal.subject})
        if row is None:
            raise BulkNotFound
        return Bulk(**row | {"change": Change(row["change"])})

    async def latest(self, principal: Principal, limit: int = 10) -> list[Bulk]:
        """One's own, the latest first."""
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.LATEST, {"subject": principal.subject, "limit": limit})
        return [Bulk(**row | {"change": Change(row["change"])}) for row in rows]

    async def left(self, principal: Principal, bulk_id: UUID, offset: int = 0, limit: int = 50) -> list[LeftAlone]:
        """The documents that were left as they were, after the first `offset` ones. Raises `BulkNotFound`."""
        await self.bulk(principal, bulk_id)
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.LEFT, {"id": bulk_id, "offset": offset, "limit": limit})
        return [LeftAlone(**row) for row in rows]

    async def waiting(self) -> list[UUID]:
        """What is to be gone on with, and no process is at."""
        async with self.pool.connection() as connection:
            return [row["id"] for row in await all_rows(connection, queries.WAITING)]

    async def work(self, bulk_id: UUID) -> None:
        """Do all that is left of it, unless another process is at it.

        What keeps it from getting on is noted, and raised.
        """
        held = False
        try:
            while True:
                async with self.pool.connection() as connection:
                    row = await one_row(connection, queries.LEASE, {"id": bulk_id, "seconds": LEASE_S, "held": held})
                    if row is None:
                        return
                    held = True
                    found = await all_rows(connection, queries.NEXT, {"id": bulk_id, "limit": AT_ONCE})
                    if not found:
                        await connection.execute(queries.END, [bulk_id])
                        return
                await self._step(bulk_id, row, found[0]["collection_id"], [one["document_id"] for one in found])
        except BaseException as error:
            problem = reason_for(error) if isinstance(error, Exception) else ""
            async with self.pool.connection() as connection:
                await connection.execute(queries.RELEASE, {"id": bulk_id, "problem": problem})
            raise

    async def _step(self, bulk_id: UUID, bulk: dict[str, Any], collection_id: UUID, ids: list[str]) -> None:
        principal, change = Principal.of_json(bulk["principal"]), Change(bulk["change"])
        steps = Steps(self.documents, self.drafts, self.queue)
        try:
            collection = await self._permission().called(principal, Action.INGEST, collection_id)
            reasons = await steps.apply(principal, collection, change, bulk["repealed_on"], ids)
        except CollectionNotFound:
            reasons = dict.fromkeys(ids, GONE)
        except Refused:
            reasons = dict.fromkeys(ids, NOT_YOURS)
        await self._note(bulk_id, collection_id, ids, reasons)

    async def _note(self, bulk_id: UUID, collection_id: UUID, ids: Sequence[str], reasons: Reasons) -> None:
        values = {
            "bulk": bulk_id,
            "collection_id": collection_id,
            "ids": list(ids),
            "reasons": [reasons.get(one, "") for one in ids],
        }
        async with self.pool.connection() as connection:
            await connection.execute(queries.NOTE, values)

    async def _collections(self, principal: Principal, chosen: Chosen) -> list[Collection]:
        """Those of what was chosen; who may not add to one of them is told so, before anything begins."""
        if isinstance(chosen, Everything):
            if chosen.which is None:
                return await self._permission().collections(principal, Action.INGEST)
            return [await self._permission().called(principal, Action.INGEST, chosen.which)]
        wanted = sorted({collection_id for collection_id, _ in chosen})
        return [await self._permission().called(principal, Action.INGEST, one) for one in wanted]

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.documents.catalog, self.documents.ledger)


async def _keys(connection: Connection, chosen: Chosen, collections: Iterable[Collection]) -> list[Key]:
    if isinstance(chosen, Everything):
        found: AsyncIterator[Key] = keys_of(connection, chosen.wanted, [one.id for one in collections])
        return [key async for key in found]
    return await known(connection, chosen)


def _started(
    principal: Principal, change: Change, on: dt.date | None, collections: Sequence[Collection], documents: int
) -> Event:
    details: dict[str, Json] = {
        "change": change.value,
        "documents": documents,
        "collections": [str(one.id) for one in collections],
        "on": on.isoformat() if on else None,
        "rules": [*sorted({rule for one in collections for rule in one.allowed_by})],
    }
    return Event(Act.BULK_STARTED, principal, details)
