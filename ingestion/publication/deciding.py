"""Whether what was checked may be published: the transaction that decides holds the publication and the collection."""

from dataclasses import dataclass

from ingestion.publication import queries, waiting
from ingestion.publication.errors import (
    ChangeMoved,
    ChecklistMissing,
    FiguresFell,
    FiguresMissing,
    NothingToPublish,
    SecondPersonNeeded,
    StillReading,
)
from ingestion.publication.table import PublicationRow
from policies import Principal
from retrieval.corpus import Collection, DocumentState
from retrieval.errors import CollectionPaused
from retrieval.rows import Connection, one_row

COUNTS = ("added", "changed", "removed")


@dataclass(frozen=True, slots=True)
class Decision:
    """To have readers (nobody: all) find the change of that fingerprint; `reason`: although figures fell.

    With `four_eyes` the `principal` must be another person than the one who signed the checklist.
    """

    collection: Collection
    row: PublicationRow
    readers_before: frozenset[str]
    readers: frozenset[str]
    change: str
    reason: str
    principal: Principal
    four_eyes: bool


async def require_ready(connection: Connection, decision: Decision, *, paused: bool) -> dict[str, int]:
    """Write down what is to be done; gives how many documents come and go. Raises as `Publication.publish` does."""
    collection, row = decision.collection, decision.row
    if paused:
        raise CollectionPaused(collection.name)
    if reading := (await waiting.counts(connection, collection)).left(DocumentState.PENDING):
        raise StillReading(reading)
    if decision.change != await _planned(connection, decision):
        raise ChangeMoved
    _require_checked(decision)
    counts = await _counts(connection, row)
    if not row.is_first and not any(counts.values()) and decision.readers == decision.readers_before:
        raise NothingToPublish(collection.name)
    return counts


def _require_checked(decision: Decision) -> None:
    row = decision.row
    if row.checked != decision.change:
        raise ChangeMoved if row.checked else ChecklistMissing
    if decision.four_eyes and (row.signed_by is None or row.signed_by.subject == decision.principal.subject):
        raise SecondPersonNeeded
    if row.figures is None or row.measured != decision.change:
        raise ChangeMoved if row.figures else FiguresMissing
    if row.figures.fallen and not decision.reason:
        raise FiguresFell(row.figures.fallen)


async def _planned(connection: Connection, decision: Decision) -> str:
    """The fingerprint of what will be done: of a collection's first publication, of all that is found in it."""
    if decision.row.is_first:
        return await waiting.fingerprint(connection, decision.collection)
    draft = await waiting.source_of(connection, decision.collection)
    place = {"id": decision.row.id, "collection_id": decision.collection.id, "draft": draft}
    await connection.execute(queries.PLAN, place)
    planned = await one_row(connection, queries.PLANNED, place)
    assert planned is not None  # noqa: S101 - it is an aggregate
    return str(planned["fingerprint"])


async def _counts(connection: Connection, row: PublicationRow) -> dict[str, int]:
    counts = dict.fromkeys(COUNTS, 0)
    for change in COUNTS:
        found = await one_row(connection, queries.COUNT_PLANNED, [row.id, change])
        counts[change] = found["documents"] if found else 0
    return counts
