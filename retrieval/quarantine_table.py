"""Collections' rules about what texts hold, and the versions that wait for a person, in PostgreSQL.

As in the catalogue, each method runs in the transaction of the connection it is given.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from policies.guardrails import Concern, Response, Responses, Tally
from retrieval import guardrail_queries as queries
from retrieval.errors import AlreadyDecided, CollectionNotFound, PeriodReversed, QuarantineNotFound
from retrieval.found import tallies
from retrieval.rows import Connection, all_rows, one_row


class Choice(StrEnum):
    """What a person decides about a document that waits."""

    RELEASED = "released"
    REFUSED = "refused"


class Alike(StrEnum):
    """In which respect others that wait are like one."""

    TEXT = "text"
    """The same content was found there, whatever the collection."""
    FINDINGS = "findings"
    """They wait in the same collection, and the same kinds of things were found in them."""


@dataclass(frozen=True, slots=True)
class WaitingFilter:
    """What is set must hold of what waits; the days, both included, are those on which it came, in Paris."""

    concern: Concern | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    newest_first: bool = False

    def __post_init__(self) -> None:
        """Raises `PeriodReversed`."""
        if self.since and self.until and self.until < self.since:
            raise PeriodReversed(self.since, self.until, "d’arrivée")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version that waits, with no word of its text."""

    id: int
    collection_id: UUID
    document_id: str
    version: int
    entered_at: dt.datetime
    found: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A version of a document that waits; `id` names it and no other version."""

    id: int
    collection_id: UUID
    document_id: str
    version: int
    entered_at: dt.datetime
    title: str
    text: str
    unseen: str
    """What the file holds that no reader sees."""
    found: tuple[Tally, ...]
    waits: bool
    """Not any more, once somebody has decided or a newer version has come."""
    digest: bytes
    """Of its content, and of what was found in it."""

    @property
    def edition(self) -> str:
        """What only somebody knows who has opened it; it changes with what there is to see."""
        return hashlib.sha256(b"%d %d " % (self.id, self.version) + self.digest).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Holding:
    """A version to be kept aside; `digest` stands for its content and for what was found in it."""

    document_id: str
    version: int
    digest: bytes
    unseen: str


EVERYTHING = WaitingFilter()


class QuarantineTable:
    """Every method takes the open connection first."""

    async def responses(self, connection: Connection, collection_id: UUID) -> Responses:
        """The collection's rule. Raises `CollectionNotFound`."""
        row = await one_row(connection, queries.SELECT_RESPONSES, [collection_id])
        if row is None:
            raise CollectionNotFound(str(collection_id))
        return _responses(row)

    async def put_responses(
        self, connection: Connection, collection_id: UUID, chosen: Mapping[Concern, Response]
    ) -> Responses:
        """Change these answers; gives the whole rule. Raises `CollectionNotFound`."""
        row = await one_row(connection, queries.PUT_RESPONSES, [Jsonb(dict(chosen)), collection_id])
        if row is None:
            raise CollectionNotFound(str(collection_id))
        return _responses(row)

    async def decisions(
        self, connection: Connection, collection_id: UUID, digests: Mapping[str, bytes]
    ) -> dict[str, Choice]:
        """What was decided about documents of that very content, by id; the undecided ones are left out."""
        values = {"collection_id": collection_id, "ids": list(digests), "digests": list(digests.values())}
        rows = await all_rows(connection, queries.SELECT_DECISIONS, values) if digests else []
        return {row["document_id"]: Choice(row["decision"]) for row in rows}

    async def hold(
        self, connection: Connection, collection_id: UUID, ids: Iterable[str], holdings: Sequence[Holding]
    ) -> None:
        """Of these documents, whose latest versions have just been entered, keep some aside.

        Their texts are out of reach from now on; they can be decided about once they are marked.
        """
        place: dict[str, Any] = {"collection_id": collection_id, "ids": list(ids)}
        await connection.execute(queries.WITHDRAW, place)
        await connection.execute(queries.DELETE_WAITING, place)
        if holdings:
            values = {
                "collection_id": collection_id,
                "ids": [one.document_id for one in holdings],
                "versions": [one.version for one in holdings],
                "digests": [one.digest for one in holdings],
                "unseen": [one.unseen for one in holdings],
            }
            await connection.execute(queries.HOLD, values)

    async def mark(self, connection: Connection, collection_id: UUID, versions: Mapping[str, int]) -> None:
        """Say that these versions wait for a decision, once nothing of their documents is in the index."""
        values = {"collection_id": collection_id, "ids": list(versions), "versions": list(versions.values())}
        await connection.execute(queries.MARK_QUARANTINED, values)

    async def waiting(
        self,
        connection: Connection,
        collection_ids: Iterable[UUID],
        wanted: WaitingFilter = EVERYTHING,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[Waiting]:
        """What waits in these collections, the oldest first or as it is wanted."""
        query = queries.NEWEST_FIRST if wanted.newest_first else queries.OLDEST_FIRST
        values = _values(collection_ids, wanted) | {"offset": offset, "limit": limit}
        rows = await all_rows(connection, query, values)
        return [Waiting(**{**row, "found": tallies(row["found"])}) for row in rows]

    async def count(
        self, connection: Connection, collection_ids: Iterable[UUID], wanted: WaitingFilter = EVERYTHING
    ) -> int:
        """How much of that there is."""
        row = await one_row(connection, queries.COUNT_WAITING, _values(collection_ids, wanted))
        return row["documents"] if row else 0

    async def alike(
        self, connection: Connection, collection_ids: Iterable[UUID], held_id: int
    ) -> dict[Alike, list[int]]:
        """What waits in these collections beside that one and is like it, by number."""
        values = {"collections": list(collection_ids), "id": held_id}
        rows = await all_rows(connection, queries.SELECT_ALIKE, values)
        return {
            Alike.TEXT: [row["id"] for row in rows if row["of_same_text"]],
            Alike.FINDINGS: [row["id"] for row in rows if row["of_same_findings"]],
        }

    async def number(self, connection: Connection, collection_id: UUID, document_id: str) -> int | None:
        """Of the version of a document that waits, if one does."""
        row = await one_row(connection, queries.SELECT_WAITING_OF_DOCUMENT, [collection_id, document_id])
        return row["id"] if row else None

    async def held(self, connection: Connection, held_id: int, *, lock: bool = False) -> Held:
        """One version, waiting or not; `lock` keeps its document as it is. Raises `QuarantineNotFound`."""
        row = await one_row(connection, queries.LOCK_HELD if lock else queries.SELECT_HELD, [held_id])
        if row is None:
            raise QuarantineNotFound(held_id)
        return _held(row)

    async def decide(
        self, connection: Connection, held: Held, choice: Choice, reason: str = "", failure: str = ""
    ) -> None:
        """Let it through to be indexed, or refuse it, and forget then what it said; `failure` is what readers are told.

        `held` must be locked, and wait. Raises `AlreadyDecided`.
        """
        place = {"collection_id": held.collection_id, "document_id": held.document_id, "version": held.version}
        done = await connection.execute(queries.DECIDE, {"id": held.id, "decision": choice.value, "reason": reason})
        if done.rowcount != 1:
            raise AlreadyDecided(held.id)
        if choice is Choice.RELEASED:
            await connection.execute(queries.RELEASE, place)
        else:
            await connection.execute(queries.REFUSE, place | {"failure": failure})


def _responses(row: DictRow) -> Responses:
    chosen = {Concern(concern): Response(response) for concern, response in row["responses"].items()}
    return Responses(chosen, unattended=row["unattended"])


def _values(collection_ids: Iterable[UUID], wanted: WaitingFilter) -> dict[str, Any]:
    return {
        "collections": list(collection_ids),
        "concern": wanted.concern,
        "since": wanted.since,
        "until": wanted.until,
    }


def _held(row: DictRow) -> Held:
    return Held(**{**row, "found": tallies(row["found"])})
