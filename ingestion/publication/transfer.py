"""Giving documents of one collection to another, as they are found: rows, points and what people decided about them.

Every function runs in the transaction of the connection it is given, which holds the documents on both sides
(`lock`), and can be done again after whatever broke it off:

1. `enter` has the versions stand in the catalogue before anybody can find them, and commits by itself.
2. `take` writes the points beside the older ones, and says that they are found. Nothing is taken away.
3. `drop_before` and `drop` take away, in a transaction of their own, what is no longer to be found.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from ingestion.chunking import PIPELINE
from ingestion.publication import transfer_queries as queries
from retrieval.corpus import DocumentState, point_id
from retrieval.index import Index, Point
from retrieval.rows import Connection, all_rows

# By document, the version that it takes where it goes.
Versions = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A document as a collection has it: its latest version, and whether that can be found."""

    version: int
    state: DocumentState

    @property
    def is_found(self) -> bool:
        """Whether readers find it."""
        return self.state is DocumentState.INDEXED


async def lock(
    connection: Connection, collections: Iterable[UUID], ids: Sequence[str]
) -> dict[UUID, dict[str, Standing]]:
    """These documents as each collection has them; nobody else changes them before the transaction ends."""
    wanted = list(collections)
    held: dict[UUID, dict[str, Standing]] = {one: {} for one in wanted}
    for row in await all_rows(connection, queries.LOCK, [wanted, list(ids)]):
        held[row["collection_id"]][row["id"]] = Standing(row["version"], DocumentState(row["state"]))
    return held


async def enter(connection: Connection, source: UUID, target: UUID, versions: Versions) -> None:
    """Have these versions stand in the target, where nobody finds them yet."""
    values = _values(source, target, versions)
    await connection.execute(queries.ENTER, values)
    await _copy_versions(connection, values)


async def take(connection: Connection, index: Index, source: UUID, target: UUID, versions: Versions) -> dict[str, int]:
    """Have these found in the target, as the source has them; gives the number of chunks of each.

    The points are durable once the index has settled, which must be before the transaction commits.
    """
    chunks = {}
    for document_id, version in versions.items():
        points = [_moved(one, target, version) for one in await _latest(connection, index, source, document_id)]
        await index.upsert(points)
        chunks[document_id] = len(points)
    values = _values(source, target, versions)
    await connection.execute(queries.ENTER, values)
    await _copy_versions(connection, values)
    await connection.execute(queries.TAKE, values)
    await connection.execute(queries.COPY_RECEPTIONS, values)
    await connection.execute(queries.FORGET_RECEIVED, values)
    await connection.execute(queries.COPY_RECEIVED, values)
    await connection.execute(queries.COPY_DECISIONS, values)
    return chunks


async def keep_older(connection: Connection, source: UUID, target: UUID, ids: Sequence[str]) -> None:
    """Have the target keep the older versions of documents that leave the source."""
    await connection.execute(queries.MOVE_OLDER_VERSIONS, {"source": source, "target": target, "ids": list(ids)})


async def drop_before(index: Index, collection_id: UUID, versions: Versions) -> None:
    """Take the points of older versions away."""
    for document_id, version in versions.items():
        await index.delete(collection_id, document_id, before=version)


async def drop(connection: Connection, index: Index, collection_id: UUID, ids: Sequence[str]) -> None:
    """Take these documents out of the collection."""
    for document_id in ids:
        await index.delete(collection_id, document_id)
    await connection.execute(queries.DELETE, [collection_id, list(ids)])


async def _copy_versions(connection: Connection, values: Mapping[str, object]) -> None:
    await connection.execute(queries.FORGET_VERSIONS, values)
    await connection.execute(queries.COPY_VERSIONS, values)


async def _latest(connection: Connection, index: Index, collection_id: UUID, document_id: str) -> list[Point]:
    """The points of the version that is found."""
    [row] = await all_rows(
        connection, "select version from document where collection_id = %s and id = %s", [collection_id, document_id]
    )
    return [one for one in await index.points(collection_id, document_id) if one.version == row["version"]]


def _moved(point: Point, target: UUID, version: int) -> Point:
    id_ = point_id(target, point.document_id, version, PIPELINE, point.chunk.ordinal)
    return replace(point, id=id_, collection_id=target, version=version)


def _values(source: UUID, target: UUID, versions: Versions) -> dict[str, object]:
    return {"source": source, "target": target, "ids": list(versions), "versions": list(versions.values())}
