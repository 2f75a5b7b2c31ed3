"""Bringing documents' points from the index in use into the one that is to take its place.

1. A point is the same in both, but for what is made of its text: its vectors, by the other model and by this version
   of the assistant, which may be a later one.
2. A document counts as copied in the state in which its rows in the catalogue were before its points were read; what
   is written to it later makes it be copied again. Nobody changes it while its points are written.
3. Between two steps a crash leaves points that do not count; the same document is written once more, in their place.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from ingestion import reencoding_queries as queries
from ingestion.batch import EMBED_TEXTS, WRITE_POINTS
from ingestion.comparison import is_whole
from retrieval.corpus import DocumentState
from retrieval.embedding import contextualise
from retrieval.embedding_cache import forget_private
from retrieval.index import Index, Point
from retrieval.rows import Connection, Pool, all_rows
from retrieval.space import VectorSpace
from retrieval.sparse import SparseEncoder

MayGoOn = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Found:
    """A document as the catalogue has it; `seen` changes with whatever is written to it."""

    collection_id: UUID
    id: str
    version: int
    state: DocumentState
    points: int | None
    """How many its version has; unknown of what was imported long ago."""
    seen: str

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> "Found":
        """As the queries give it."""
        return cls(**dict(row) | {"state": DocumentState(row["state"])})


@dataclass(frozen=True, slots=True)
class Copying:
    """Into the index of the space of that number, as long as it `may_go_on`, asked before each call of the model."""

    pool: Pool
    space_id: int
    old: Index
    new: VectorSpace
    sparse: SparseEncoder
    may_go_on: MayGoOn

    async def copy(self, documents: Sequence[Found]) -> bool:
        """Whether all of them were; the others are left as they were. Raises `EmbeddingFailed`, `IndexUnavailable`."""
        some: list[tuple[Found, list[Point]]] = []
        for one in documents:
            some.append((one, await self._read(one)))
            if sum(len(points) for _, points in some) >= WRITE_POINTS:
                if not await self._write(some):
                    return False
                some = []
        return not some or await self._write(some)

    async def _read(self, one: Found) -> list[Point]:
        """What is found of it; of a version that waits to be found, what was found until now."""
        points = await self.old.points(one.collection_id, one.id)
        of_version: dict[int, list[Point]] = {}
        for point in sorted(points, key=lambda point: point.chunk.ordinal):
            if point.version == one.version or one.state is DocumentState.PENDING:
                of_version.setdefault(point.version, []).append(point)
        return [point for version in of_version.values() for point in self._with_words(version)]

    def _with_words(self, points: Sequence[Point]) -> list[Point]:
        """Those of one version; its first chunk has the words of all."""
        first, *others = points
        words = self.sparse.whole(first.metadata.title, [point.chunk for point in points])
        return [replace(first, document=words if first.chunk.ordinal == 0 else None), *others]

    async def _write(self, some: Sequence[tuple[Found, list[Point]]]) -> bool:
        embedded = await self._embedded([point for _, points in some for point in points])
        if embedded is None:
            return False
        async with self.pool.connection() as connection:
            unchanged = await self._unchanged(connection, [one for one, _ in some])
            kept = [(one, points) for one, points in some if one in unchanged]
            for one, _ in kept:
                await self.new.index.delete(one.collection_id, one.id)
            await self.new.index.upsert([embedded[point.id] for _, points in kept for point in points])
            await self.new.index.settle()  # what counts must not be lost in a crash
            columns = {
                "space": self.space_id,
                "collections": [one.collection_id for one, _ in kept],
                "ids": [one.id for one, _ in kept],
                "seen": [one.seen for one, _ in kept],
                "points": [len(points) for _, points in kept],
                "whole": [_is_whole(one, points) for one, points in kept],
            }
            await connection.execute(queries.COPIED, columns)
            texts = [
                (one.collection_id, contextualise(point.metadata.title, point.chunk))
                for one, points in kept
                for point in points
            ]
            await forget_private(connection, self.new.embedder.name, texts)
        return True

    async def _embedded(self, points: Sequence[Point]) -> dict[UUID, Point] | None:
        """The same points in the new space, by id; None where others come first."""
        embedded: dict[UUID, Point] = {}
        for start in range(0, len(points), EMBED_TEXTS):
            if not await self.may_go_on():
                return None
            call = points[start : start + EMBED_TEXTS]
            texts = [contextualise(point.metadata.title, point.chunk) for point in call]
            vectors = await self.new.embedder.embed_passages(texts)
            for point, text, vector in zip(call, texts, vectors, strict=True):
                embedded[point.id] = replace(point, dense=vector, sparse=self.sparse.document(text))
        return embedded

    async def _unchanged(self, connection: Connection, documents: Sequence[Found]) -> set[Found]:
        """Those that are as they were; nobody else changes them before the transaction ends."""
        place = {"collections": [one.collection_id for one in documents], "ids": [one.id for one in documents]}
        await connection.execute(queries.LOCK, list(place.values()))
        rows = await all_rows(connection, queries.STILL, place | {"space": self.space_id})
        return set(documents) & {Found.of_row(row) for row in rows}


def _is_whole(one: Found, points: Sequence[Point]) -> bool:
    return one.state is DocumentState.PENDING or is_whole([point.chunk.ordinal for point in points], one.points)
