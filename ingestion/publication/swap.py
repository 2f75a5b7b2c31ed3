"""Carrying out a publication, or a rollback: a few documents at a time, each time to be done again after a crash.

1. Readers find of each document the old version or the new one, at every moment, and both for a moment: what is new
   stands beside what is old before that goes.
2. Every step is one transaction that says in `publication_document` what it has done, under the lock of the
   publication: after a crash at any step, or where two processes are at it, the same steps end the same.
3. Publishing and rolling back are one: what comes in (from the draft; from the former part) takes its place, and what
   it takes the place of goes out (to the former part; to the draft).
4. What was changed in the draft since it was checked stays there, for the next publication.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.rows import DictRow

from ingestion.publication import queries, table
from ingestion.publication.ending import end
from ingestion.publication.parts import Part, made_part, stage_removal
from ingestion.publication.table import PublicationRow, State
from ingestion.publication.transfer import Standing, drop, drop_before, enter, keep_older, lock, take
from policies import Act, Event, Json, Ledger
from retrieval.corpus import DocumentState
from retrieval.index import Index
from retrieval.rows import Connection, Pool, all_rows, one_row

AT_ONCE = 64  # documents


@dataclass(frozen=True, slots=True)
class Way:
    """Between which collections documents go."""

    publication: PublicationRow
    incoming: UUID
    target: UUID
    outgoing: UUID

    @property
    def is_back(self) -> bool:
        """Whether it is rolled back."""
        return self.publication.state is State.ROLLING_BACK

    def comes_in(self, row: DictRow) -> bool:
        """Whether the document takes a place in the collection, or leaves it."""
        return bool(row["change"] != ("added" if self.is_back else "removed"))

    def is_as_checked(self, row: DictRow, held: Standing | None) -> bool:
        """Whether what is to come in can be found, and is what was meant."""
        return held is not None and held.is_found and (self.is_back or held.version == row["draft_version"])


@dataclass(frozen=True, slots=True)
class Swapping:
    """For whoever decided; `index` is that of the space in use."""

    pool: Pool
    ledger: Ledger
    index: Index

    async def decided(self) -> list[UUID]:
        """The publications that are decided and not at their end."""
        async with self.pool.connection() as connection:
            return [row["id"] for row in await all_rows(connection, queries.DECIDED)]

    async def step(self, publication_id: UUID) -> bool:
        """Do a little of it; False where nothing is left to do. Raises `IndexUnavailable`."""
        async with self.pool.connection() as connection:
            publication = await table.locked(connection, publication_id)
            if publication is None or publication.state not in (State.PUBLISHING, State.ROLLING_BACK):
                return False
            if await one_row(connection, queries.LOCK_COLLECTION, [publication.collection_id]) is None:
                return False  # deleted; it goes on once it is recovered
            way = await self._way(connection, publication)
            if not (way.is_back or publication.cleared):
                await self._clear(connection, way)
                return True
            rows = await all_rows(connection, queries.NEXT, [publication_id, AT_ONCE])
            if not rows:
                await end(connection, self.ledger, publication)
                return False
            first = rows[0]
            if first["step"] == "carried":
                await self._finish(connection, way, [row for row in rows if row["step"] == "carried"])
            elif first["version"] is None:
                await self._enter(connection, way, [row for row in rows if row["version"] is None])
            else:
                await self._take(connection, way, [row for row in rows if row["version"] is not None])
        return True

    async def _way(self, connection: Connection, publication: PublicationRow) -> Way:
        draft = await made_part(connection, publication.collection_id, Part.DRAFT)
        former = await made_part(connection, publication.collection_id, Part.FORMER)
        if publication.state is State.ROLLING_BACK:
            return Way(publication, former, publication.collection_id, draft)
        return Way(publication, draft, publication.collection_id, former)

    async def _clear(self, connection: Connection, way: Way) -> None:
        """What the publication before took the place of is kept no longer."""
        await self.index.delete(way.outgoing)
        await self.index.settle()
        await connection.execute(queries.EMPTY, [way.outgoing])
        await connection.execute(queries.CLEARED, [way.publication.id])

    async def _enter(self, connection: Connection, way: Way, rows: Sequence[DictRow]) -> None:
        """Number the versions that come in, and have them stand in the catalogue."""
        held = await lock(connection, (way.incoming, way.target), _ids(rows))
        versions, coming, left = dict[str, int](), dict[str, int](), list[str]()
        for row in rows:
            id_ = row["document_id"]
            there, incoming = held[way.target].get(id_), held[way.incoming].get(id_)
            if not way.comes_in(row):
                versions[id_] = there.version if there else 1
            elif incoming is None or not way.is_as_checked(row, incoming):
                left.append(id_)
            else:
                coming[id_] = max(incoming.version, there.version + 1 if there else 1)
        await enter(connection, way.incoming, way.target, coming)
        await self._put_versions(connection, way, versions | coming)
        await connection.execute(queries.STEP, ["left", way.publication.id, left])

    async def _take(self, connection: Connection, way: Way, rows: Sequence[DictRow]) -> None:
        """Keep what is found now, and have found beside it what comes in."""
        held = await lock(connection, (way.incoming, way.target, way.outgoing), _ids(rows))
        there, kept = held[way.target], held[way.outgoing] if way.is_back else {}
        coming = {row["document_id"]: row["version"] for row in rows if way.comes_in(row)}
        left = [
            row["document_id"]
            for row in rows
            if way.comes_in(row) and not way.is_as_checked(row, held[way.incoming].get(row["document_id"]))
        ]
        coming = {id_: version for id_, version in coming.items() if id_ not in left}
        leaving = {
            id_: there[id_].version
            for id_ in _ids(rows)
            if id_ not in left and id_ in there and there[id_].is_found and id_ not in kept
        }
        await take(connection, self.index, way.target, way.outgoing, leaving)
        chunks = await take(connection, self.index, way.incoming, way.target, coming)
        await drop(connection, self.index, way.target, [id_ for id_ in left if _is_only_entered(there.get(id_))])
        await self.index.settle()
        await connection.execute(queries.STEP, ["left", way.publication.id, left])
        carried = [id_ for id_ in _ids(rows) if id_ not in left]
        await connection.execute(queries.STEP, ["carried", way.publication.id, carried])
        events = [
            _event(Act.DOCUMENT_INDEXED, way, id_, version, chunks=chunks[id_]) for id_, version in coming.items()
        ]
        await self.ledger.append_all(connection, events)  # last: who holds the ledger waits for no document

    async def _finish(self, connection: Connection, way: Way, rows: Sequence[DictRow]) -> None:
        """Take away what is no longer to be found, and what has found its place."""
        held = await lock(connection, (way.incoming, way.target), _ids(rows))
        came = {row["document_id"]: row["version"] for row in rows if way.comes_in(row)}
        gone = [row["document_id"] for row in rows if not way.comes_in(row)]
        if way.is_back:
            await keep_older(connection, way.incoming, way.target, list(came))
        await keep_older(connection, way.target, way.outgoing, gone)
        await drop_before(self.index, way.target, came)
        arrived = [row for row in rows if way.is_as_checked(row, held[way.incoming].get(row["document_id"]))]
        await drop(connection, self.index, way.incoming, [one for one in _ids(arrived) if one in came])
        await drop(connection, self.index, way.target, gone)
        await self.index.settle()
        if way.is_back:
            back = [row["document_id"] for row in rows if row["change"] == "removed"]
            await stage_removal(connection, way.target, back)
        await connection.execute(queries.STEP, ["done", way.publication.id, _ids(rows)])
        removed = [id_ for id_ in gone if id_ in held[way.target]]
        events = [_event(Act.DOCUMENT_REMOVED, way, id_, held[way.target][id_].version) for id_ in removed]
        await self.ledger.append_all(connection, events)

    async def _put_versions(self, connection: Connection, way: Way, versions: dict[str, int]) -> None:
        values = {"id": way.publication.id, "ids": list(versions), "versions": list(versions.values())}
        await connection.execute(queries.PUT_VERSIONS, values)


def _is_only_entered(held: Standing | None) -> bool:
    """Whether it was new, and nobody has found it yet."""
    return held is not None and held.state is DocumentState.PENDING


def _ids(rows: Sequence[DictRow]) -> list[str]:
    return [row["document_id"] for row in rows]


def _event(act: Act, way: Way, document_id: str, version: int, **details: Json) -> Event:
    decided_by = way.publication.decided_by
    assert decided_by is not None  # noqa: S101 - nothing is done that nobody decided
    place: dict[str, Json] = {"collection_id": str(way.target), "document_id": document_id, "version": version}
    if act is Act.DOCUMENT_REMOVED:
        place["rules"] = [*way.publication.rules]
    return Event(act, decided_by, place | details)
