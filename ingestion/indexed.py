"""What the index holds of one document, a part at a time: a long one has thousands of chunks.

Whether somebody may see it is not asked here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from retrieval.corpus import point_id
from retrieval.index import Index, Point
from retrieval.rows import Pool, one_row

# How the points of a document are called, where they are known to be there.
PLACED: LiteralString = """
select version, pipeline, points from received
where collection_id = %s and document_id = %s and points is not null and pipeline <> ''
"""


@dataclass(frozen=True, slots=True)
class IndexedPart:
    """Some chunks, in reading order, of `total`; `version` is the one that can be found, 0 where none can."""

    version: int
    total: int
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class IndexedChunks:
    """Reads points by the identifiers that they must have, as long as it is known which; else all of them."""

    pool: Pool
    index: Index

    async def part(self, collection_id: UUID, document_id: str, offset: int, limit: int) -> IndexedPart:
        """The chunks from that one on (from 0). Raises `IndexUnavailable`."""
        named = await self._named(collection_id, document_id)
        if named is not None:
            found = await self._read(named, range(offset, min(offset + limit, named.points)))
            if found or offset >= named.points:
                return IndexedPart(named.version, named.points, found)
        points = await self._all(collection_id, document_id)  # the index is another than the catalogue says
        return IndexedPart(_version(points), len(points), points[offset : offset + limit])

    async def first_on_page(self, collection_id: UUID, document_id: str, page: int) -> int | None:
        """Which chunk is the first that begins on that page or behind it; None where none does.

        Chunks come in the order of the pages. Raises `IndexUnavailable`.
        """
        named = await self._named(collection_id, document_id)
        if named is None:
            points = await self._all(collection_id, document_id)
            return next((one.chunk.ordinal for one in points if (one.chunk.locator.page or 0) >= page), None)
        low, high = 0, named.points
        while low < high:
            middle = (low + high) // 2
            (point,) = await self._read(named, [middle]) or (None,)
            if point is None or point.chunk.locator.page is None:
                return None
            low, high = (low, middle) if point.chunk.locator.page >= page else (middle + 1, high)
        return low if low < named.points else None

    async def _named(self, collection_id: UUID, document_id: str) -> "_Named | None":
        async with self.pool.connection() as connection:
            row = await one_row(connection, PLACED, [collection_id, document_id])
        return (
            None if row is None else _Named(collection_id, document_id, row["version"], row["pipeline"], row["points"])
        )

    async def _read(self, named: "_Named", ordinals: Sequence[int]) -> list[Point]:
        ids = [
            point_id(named.collection_id, named.document_id, named.version, named.pipeline, ordinal)
            for ordinal in ordinals
        ]
        return sorted(await self.index.read(ids), key=lambda one: one.chunk.ordinal)

    async def _all(self, collection_id: UUID, document_id: str) -> list[Point]:
        points = await self.index.points(collection_id, document_id)
        latest = _version(points)
        return sorted((one for one in points if one.version == latest), key=lambda one: one.chunk.ordinal)


@dataclass(frozen=True, slots=True)
class _Named:
    collection_id: UUID
    document_id: str
    version: int
    pipeline: str
    points: int


def _version(points: Sequence[Point]) -> int:
    return max((one.version for one in points), default=0)
