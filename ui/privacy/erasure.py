"""Erasing what the product keeps of one person (GDPR, article 17), as far as the law lets it go.

Invariants:
1. Everything in the database goes in one transaction, with the record that says so: no record, nothing erased.
2. What a legal hold keeps stays, and is told.
3. Vectors and originals of their files go right after; what a crash leaves goes in the night (`ingestion.erasure`).
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ingestion.blobs import BlobStore
from ingestion.errors import BlobsUnavailable
from ingestion.sweeping import remove_unnamed
from policies import Act, Checkpoints, Event, Json, Ledger, Principal, Retention, Tree
from policies.audit.merkle import leaf_hash
from policies.audit.purge import HOLDS_STAND
from policies.retention import months_after
from policies.review.erasing import ERASE_BY, ERASE_KEYED, erased_records
from policies.review.kept_conversations import is_kept
from policies.review.projection import Projection
from retrieval.errors import RetrievalError
from retrieval.rows import Connection, Pool, all_rows, one_row
from ui.privacy import queries, work_queries
from ui.privacy.person import Known


@dataclass(frozen=True, slots=True)
class Proof:
    """That the record of an erasure is in the ledger: a signed checkpoint over it, and the path to its root."""

    record: int
    leaf: str
    size: int
    path: Sequence[str]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What went, what a hold keeps, what stays until when, and the proof."""

    subject: str
    who: str
    counts: dict[str, int]
    kept_conversations: Sequence[UUID]
    kept_texts: int
    records_until: dt.datetime | None  # when the last of the records that stay goes
    waiting: bool  # some vectors or originals are to go in the night
    proof: Proof


@dataclass(frozen=True, slots=True)
class Erasure:
    """Erases. `erase_index` takes out of the index what conversations that are gone have left there."""

    pool: Pool
    ledger: Ledger
    projection: Projection
    checkpoints: Checkpoints
    tree: Tree
    retention: Retention
    blobs: BlobStore
    erase_index: Callable[[], Awaitable[None]]

    async def erase(self, actor: Principal, person: Known, ended: int = 0) -> Erased:
        """Erase what may go; so many sessions of theirs were ended before.

        Raises `LedgerUnavailable`; then nothing is erased.
        """
        await self.projection.catch_up()
        async with self.pool.connection() as connection:
            await connection.execute(HOLDS_STAND)
            kept = await self._kept(connection, person)
            originals = [row["blob"] for row in await all_rows(connection, queries.ORIGINALS, person.values)]
            counts, texts_left = await self._delete(connection, person, kept)
            counts["sessions"] += ended
            last = await one_row(connection, queries.LAST_RECORD, person.values)
            details: dict[str, Json] = {
                "subject": person.subject,
                "counts": {**counts},
                "held": len(kept) + texts_left,
            }
            record = await self.ledger.append(connection, Event(Act.PERSON_ERASED, actor, details))
        at = last["at"] if last else None
        return Erased(
            subject=person.subject,
            who=person.who,
            counts=counts,
            kept_conversations=kept,
            kept_texts=texts_left,
            records_until=months_after(at, self.retention.records) if at else None,
            waiting=not await self._cleared(originals),
            proof=await self._proof(record),
        )

    async def _kept(self, connection: Connection, person: Known) -> list[UUID]:
        rows = await all_rows(connection, queries.CONVERSATIONS, person.values)
        pseudonyms = self.projection.pseudonyms
        return [row["id"] for row in rows if await is_kept(connection, pseudonyms, row["id"], person.subject)]

    async def _delete(self, connection: Connection, person: Known, kept: Sequence[UUID]) -> tuple[dict[str, int], int]:
        values: dict[str, Any] = {**person.values, "kept": [*kept]}
        files = await all_rows(connection, queries.FILES, values)
        conversations = [row["id"] for row in await all_rows(connection, queries.DELETE_CONVERSATIONS, values)]
        forsaken = [row["conversation_id"] for row in await all_rows(connection, queries.DELETE_FORSAKEN, values)]
        texts = await erased_records(connection, ERASE_BY, values)
        keys = [f"conversation:{one}" for one in [*conversations, *forsaken]]
        texts += await erased_records(connection, ERASE_KEYED, {"keys": keys})
        counts = {
            "conversations": len(conversations),
            "files": sum(file["conversation_id"] not in kept for file in files),
            "texts": len(texts),
        }
        for name, query in (
            ("sessions", queries.DELETE_SESSIONS),
            ("asked_lately", queries.DELETE_ASKED),
            ("choices", queries.DELETE_CHOICE),
            ("bulks", work_queries.DELETE_BULKS),
        ):
            counts[name] = (await connection.execute(query, values)).rowcount
        counts["names"] = sum([(await connection.execute(query, values)).rowcount for query in work_queries.FORGET])
        left = await one_row(connection, queries.TEXTS_LEFT, values)
        return counts, int(left["texts"]) if left else 0

    async def _cleared(self, originals: Sequence[str]) -> bool:
        """Whether vectors and originals are gone."""
        try:
            await self.erase_index()
            await remove_unnamed(self.pool, self.blobs, originals)
        except (RetrievalError, BlobsUnavailable):
            return False
        return True

    async def _proof(self, record: int) -> Proof:
        await self.checkpoints.take()
        async with self.pool.connection() as connection:
            held = await self.checkpoints.latest(connection)
            assert held is not None  # noqa: S101 - one was taken over the record just now
            path = await self.tree.inclusion(connection, record, held.size)
            row = await one_row(connection, "select body from ledger_record where index = %s", [record])
            assert row is not None  # noqa: S101 - no record is purged so young
        leaf = leaf_hash(bytes(row["body"])).hex()
        return Proof(record, leaf, held.size, [node.hex() for node in path], held.note)
