"""What waits to be published, and how each collection stands on its way to its readers.

Every function takes the open connection first, for whoever was permitted to add to the collection.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from ingestion.publication import queries
from ingestion.publication.parts import Part, part_id
from ingestion.publication.table import State
from retrieval.corpus import Collection, DocumentState, Stage
from retrieval.rows import Connection, all_rows, one_row

NOWHERE = UUID(int=0)


class Change(StrEnum):
    """What a publication would do to a document."""

    ADDED = "added"
    CHANGED = "changed"
    CORRECTED = "corrected"
    """Its text is the same; what is known of it is not."""
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class WaitingDocument:
    """A document that waits: `version` is the draft's, `before` the one that readers find.

    Only what is found in the draft is published; what failed or waits for a decision there stays.
    """

    id: str
    title: str
    version: int
    state: DocumentState
    failure: str
    before: int | None
    change: Change


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents wait, by change and by state."""

    by: Mapping[tuple[Change, DocumentState], int]

    def of(self, change: Change) -> int:
        """Those that would be published so."""
        ready = (DocumentState.INDEXED,) if change is not Change.REMOVED else tuple(DocumentState)
        return sum(count for (kind, state), count in self.by.items() if kind is change and state in ready)

    def left(self, state: DocumentState) -> int:
        """Those of the draft in that state, which is not that of what is published."""
        return sum(n for (kind, held), n in self.by.items() if held is state and kind is not Change.REMOVED)

    @property
    def ready(self) -> int:
        """All that would be published."""
        return sum(self.of(change) for change in Change)


@dataclass(frozen=True, slots=True)
class Standing:
    """A collection on its way: what waits beside it, and the publication that is under way."""

    collection: Collection
    drafted: int
    removals: int
    under_way: State | None
    published_at: dt.datetime | None


def source(collection: Collection, draft: UUID | None) -> UUID:
    """Where what would be published lies: in the collection itself until it is published, then in its draft."""
    return (draft or NOWHERE) if collection.stage is Stage.PUBLISHED else collection.id


async def source_of(connection: Connection, collection: Collection) -> UUID:
    """The same, looked up."""
    return source(collection, await part_id(connection, collection.id, Part.DRAFT))


async def fingerprint(connection: Connection, collection: Collection) -> str:
    """Of what would be published now: another after whatever changes of it."""
    row = await one_row(connection, queries.FINGERPRINT, _place(collection, await source_of(connection, collection)))
    assert row is not None  # noqa: S101 - it is an aggregate
    return str(row["fingerprint"])


async def counts(connection: Connection, collection: Collection) -> Counts:
    """How many documents wait."""
    place = _place(collection, await source_of(connection, collection))
    rows = await all_rows(connection, queries.COUNT, place)
    return Counts({(Change(row["change"]), DocumentState(row["state"])): row["documents"] for row in rows})


async def page(
    connection: Connection,
    collection: Collection,
    change: str = "",
    state: str = "",
    after: tuple[str, str] = ("", ""),
    limit: int = 50,
) -> list[WaitingDocument]:
    """The next documents that wait, by change and identifier, after that one; of one change or state, or of all."""
    place = _place(collection, await source_of(connection, collection))
    narrowed = {"change": change, "state": state, "after_change": after[0], "after": after[1], "limit": limit}
    rows = await all_rows(connection, queries.PAGE, place | narrowed)
    return [
        WaitingDocument(**row | {"change": Change(row["change"]), "state": DocumentState(row["state"])}) for row in rows
    ]


async def replaced(connection: Connection, collection: Collection) -> frozenset[str]:
    """The collection's documents that would be found otherwise, or no more."""
    place = _place(collection, await source_of(connection, collection))
    return frozenset(row["id"] for row in await all_rows(connection, queries.REPLACED, place))


async def standings(connection: Connection, collections: Iterable[Collection]) -> list[Standing]:
    """How each of these stands, in their order."""
    wanted = {one.id: one for one in collections}
    rows = {row["id"]: row for row in await all_rows(connection, queries.STANDINGS, [list(wanted)])}
    return [
        Standing(
            collection=one,
            drafted=rows[id_]["drafted"],
            removals=rows[id_]["removals"],
            under_way=State(rows[id_]["state"]) if rows[id_]["state"] else None,
            published_at=rows[id_]["published_at"],
        )
        for id_, one in wanted.items()
    ]


def _place(collection: Collection, draft: UUID) -> dict[str, object]:
    return {"collection_id": collection.id, "draft": draft}
