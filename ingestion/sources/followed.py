"""Sources as the catalogue knows them: what a collection follows, and what it holds of it.

Each method runs in the transaction of the connection it is given. Tables: deploy/migrations/0008_sources.sql.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID, uuid4

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ingestion.sources import queries
from ingestion.sources.errors import SourceExists, SourceNotFound
from policies import Principal
from retrieval.names import name_key
from retrieval.rows import Connection, all_rows, one_row


class Kind(StrEnum):
    """What sort of place it is."""

    FOLDER = "folder"
    S3 = "s3"
    WEBDAV = "webdav"
    LINES = "jsonl"


class SyncState(StrEnum):
    """How its latest synchronisation is."""

    RUNNING = "running"
    ASKED = "asked"
    """Somebody asked for one, which is to begin."""
    FAILED = "failed"
    NEVER = "never"
    """There was none yet."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is; `credentials` is a name of the settings, or empty."""

    kind: Kind
    location: str
    credentials: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """A source that a collection follows; `principal` had it followed.

    `asked`: it is due, whatever its rhythm; also while it is being synchronised.
    """

    id: UUID
    collection_id: UUID
    name: str
    place: Place
    every_minutes: int | None
    principal: Principal
    synced_at: dt.datetime | None = None
    failure: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    asked: bool = False
    state: SyncState = SyncState.NEVER

    @property
    def edition(self) -> str:
        """Its rhythm, as a form gives back what it has shown."""
        return str(self.every_minutes or "")


@dataclass(frozen=True, slots=True)
class Held:
    """What the collection holds of one entry; `is_there`: its document is in the catalogue."""

    key: str
    fingerprint: str
    sha256: str
    document_id: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The tables; every method takes the open connection first."""

    async def add(self, connection: Connection, source: Followed) -> None:
        """Follow it. Raises `SourceExists`."""
        values = {
            "id": source.id,
            "collection_id": source.collection_id,
            "name": source.name,
            "name_key": name_key(source.name),
            "kind": source.place.kind.value,
            "location": source.place.location,
            "credentials": source.place.credentials,
            "every_minutes": source.every_minutes,
            "principal": Jsonb(source.principal.as_json()),
        }
        if (await connection.execute(queries.ADD, values)).rowcount == 0:
            raise SourceExists(source.name)

    async def of_collection(self, connection: Connection, collection_id: UUID) -> list[Followed]:
        """Those of a collection, by name."""
        return [followed_of(row) for row in await all_rows(connection, queries.OF_COLLECTION, [collection_id])]

    async def named(self, connection: Connection, name: str) -> Followed:
        """The one of that name, upper and lower case being the same. Raises `SourceNotFound`."""
        rows = await all_rows(connection, queries.NAMED, [name_key(name)])
        if not rows:
            raise SourceNotFound(name)
        return followed_of(rows[0])

    async def held_rhythm(self, connection: Connection, followed: Followed) -> Followed:
        """With the rhythm that it has now; nobody else changes that meanwhile. Raises `SourceNotFound`."""
        row = await one_row(connection, queries.LOCK_RHYTHM, [followed.id])
        if row is None:
            raise SourceNotFound(followed.name)
        return replace(followed, every_minutes=row["every_minutes"])

    async def due(self, connection: Connection) -> list[Followed]:
        """Those that are to be synchronised by now, the longest due first."""
        return [followed_of(row) for row in await all_rows(connection, queries.DUE)]

    async def lease(
        self, connection: Connection, source_id: UUID, held: dt.datetime | None, seconds: float
    ) -> dt.datetime | None:
        """Take the source for so long, or keep it; gives until when, or None where another process has it."""
        rows = await all_rows(connection, queries.LEASE, {"id": source_id, "held": held, "seconds": seconds})
        return next((row["leased_until"] for row in rows), None)

    async def release(self, connection: Connection, source_id: UUID, held: dt.datetime | None) -> None:
        """Let others at it."""
        await connection.execute(queries.RELEASE, [source_id, held])

    async def note(self, connection: Connection, source_id: UUID, failure: str, counts: Mapping[str, int]) -> None:
        """Say how a synchronisation went."""
        await connection.execute(queries.NOTE, [failure, Jsonb(dict(counts)), source_id])

    async def ask(self, connection: Connection, source_id: UUID) -> None:
        """Have it be due."""
        await connection.execute(queries.ASK, [source_id])

    async def reschedule(self, connection: Connection, source_id: UUID, every_minutes: int | None) -> None:
        """Have it synchronised in another rhythm."""
        await connection.execute(queries.RESCHEDULE, [every_minutes, source_id])

    async def delete(self, connection: Connection, source_id: UUID) -> None:
        """Follow it no longer, and forget which documents came from it."""
        await connection.execute(queries.DELETE, [source_id])

    async def held(self, connection: Connection, source_id: UUID) -> dict[str, Held]:
        """What the collection holds of it, by key."""
        return {row["key"]: Held(**row) for row in await all_rows(connection, queries.HELD, {"id": source_id})}

    async def reserve(self, connection: Connection, source_id: UUID, ids: Mapping[str, str]) -> None:
        """Give these keys these documents, whose content is still to come or about to go: none is noted."""
        await connection.execute(queries.RESERVE, [source_id, list(ids), list(ids.values())])

    async def settle(self, connection: Connection, source_id: UUID, entries: Sequence[tuple[str, str, str]]) -> None:
        """Note (key, fingerprint, SHA-256) of what was received."""
        keys, fingerprints, sha256s = [list(column) for column in zip(*entries, strict=True)]
        await connection.execute(queries.SETTLE, [keys, fingerprints, sha256s, source_id])

    async def move(self, connection: Connection, source_id: UUID, key: str, new_key: str, fingerprint: str) -> bool:
        """Give the document another key; False where there is no such entry any more."""
        values = {"id": source_id, "key": key, "new_key": new_key, "fingerprint": fingerprint}
        return (await connection.execute(queries.MOVE, values)).rowcount == 1

    async def forget(self, connection: Connection, source_id: UUID, keys: Iterable[str]) -> None:
        """The entries' documents are gone."""
        await connection.execute(queries.FORGET, [source_id, list(keys)])

    async def documents(self, connection: Connection, collection_id: UUID, ids: Iterable[str]) -> list[str]:
        """Those of these documents that there are, with the ones below them."""
        return [row["id"] for row in await all_rows(connection, queries.DOCUMENTS, [collection_id, list(ids)])]


def new_source(collection_id: UUID, name: str, place: Place, every_minutes: int | None, person: Principal) -> Followed:
    """One that nobody has followed yet."""
    return Followed(uuid4(), collection_id, name, place, every_minutes, person)


def followed_of(row: DictRow) -> Followed:
    """From a row of `queries.SOURCES`."""
    return Followed(
        id=row["id"],
        collection_id=row["collection_id"],
        name=row["name"],
        place=Place(Kind(row["kind"]), row["location"], row["credentials"]),
        every_minutes=row["every_minutes"],
        principal=Principal.of_json(row["principal"]),
        synced_at=row["synced_at"],
        failure=row["failure"],
        counts=row["counts"],
        asked=row["asked"],
        state=SyncState(row["state"]),
    )
