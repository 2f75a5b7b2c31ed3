"""Collections' own rows in PostgreSQL, to be changed, put into the bin and taken out of it.

As in the catalogue, each function runs in the transaction of the connection it is given.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from retrieval import collection_queries as queries
from retrieval.catalog_rows import collection_of
from retrieval.corpus import Collection
from retrieval.errors import CollectionChanged, CollectionExists, CollectionNotFound, CollectionPaused
from retrieval.names import name_key
from retrieval.rows import Connection, all_rows, one_row


@dataclass(frozen=True, slots=True)
class Binned:
    """A collection in the bin, as it was, and since when it lies there."""

    collection: Collection
    deleted_at: dt.datetime


async def locked(connection: Connection, permitted: Collection, edition: int | None = None) -> Collection:
    """The collection as it is now, which nobody else changes before the transaction ends.

    `permitted` is what a decision was taken on, and `edition` what a person was shown. Raises `CollectionChanged`
    where it is another one by now, `CollectionNotFound` where it is gone.
    """
    row = await one_row(connection, queries.LOCK, [permitted.id])
    if row is None:
        raise CollectionNotFound(permitted.name)
    held = collection_of(row)
    if held.edition != permitted.edition or edition not in (None, held.edition):
        raise CollectionChanged(held.name)
    return held


async def put(connection: Connection, collection: Collection) -> Collection:
    """Put this in the place of what is said of a collection; gives it in its new edition. Raises `CollectionExists`."""
    values = {
        "id": collection.id,
        "name": collection.name,
        "name_key": name_key(collection.name),
        "description": collection.description,
        "owner": collection.owner,
        "readers": sorted(collection.readers),
        "stage": collection.stage.value,
        "reviewed": collection.reviewed,
        "paused": collection.paused,
        "archived": collection.archived,
    }
    return await _written(connection, queries.PUT, values, collection.name)


async def count_up(connection: Connection, collection_id: UUID) -> None:
    """Say that one of its rules has changed."""
    await connection.execute(queries.NEXT_EDITION, [collection_id])


async def require_receiving(connection: Connection, collection: Collection) -> None:
    """Raises `CollectionPaused`, `CollectionNotFound` where it takes no document; it goes on doing so meanwhile.

    A draft takes what its collection takes, and a conversation's own files have nobody who pauses them.
    """
    if collection.conversation is not None:
        return
    row = await one_row(connection, queries.RECEIVES, [collection.part_of or collection.id])
    if row is None or row["hidden"]:
        raise CollectionNotFound(collection.name)
    if row["paused"]:
        raise CollectionPaused(collection.name)


async def to_bin(connection: Connection, collection_id: UUID) -> Collection:
    """Take its name from a collection, so that nobody finds it any more."""
    row = await one_row(connection, queries.TO_BIN, [collection_id])
    assert row is not None  # noqa: S101 - it is locked
    return collection_of(row)


async def binned(connection: Connection) -> list[Binned]:
    """What lies in the bin, the latest first."""
    rows = await all_rows(connection, queries.BINNED)
    return [Binned(collection_of(row), row["deleted_at"]) for row in rows]


async def locked_in_bin(connection: Connection, collection: Collection) -> None:
    """Nobody else recovers or erases it before the transaction ends. Raises `CollectionNotFound`."""
    if await one_row(connection, queries.LOCK_BINNED, [collection.id]) is None:
        raise CollectionNotFound(collection.name)


async def recover(connection: Connection, collection: Collection) -> Collection:
    """Take it out of the bin, under the name that it has there. Raises `CollectionExists`."""
    values = {"id": collection.id, "name": collection.name, "name_key": name_key(collection.name)}
    return await _written(connection, queries.RECOVER, values, collection.name)


async def erase(connection: Connection, collection_id: UUID) -> None:
    """Delete its rows, its documents' too; that its points are to be erased is noted."""
    await connection.execute(queries.DELETE, [collection_id])


async def points_erased(connection: Connection, collection_id: UUID) -> None:
    """Nothing of it is in the index any more."""
    await connection.execute(queries.ERASED, [collection_id])


async def _written(connection: Connection, query: Any, values: dict[str, Any], name: str) -> Collection:
    try:
        row = await one_row(connection, query, values)
    except psycopg.errors.UniqueViolation as error:
        raise CollectionExists(name) from error
    assert row is not None  # noqa: S101 - it is locked
    return collection_of(row)
