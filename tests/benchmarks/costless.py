"""An embedder and an index that cost next to nothing, so that what stands around them can be measured."""

import hashlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np

from retrieval import DocumentMetadata, Hit, Point
from retrieval.index import Listed, Stored, Vector, Wanted

DIMENSION = 384


class Hashed:
    """An `Embedder` whose vectors say nothing but which text they are of."""

    name = "hashed"
    dimension = DIMENSION

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        return np.stack([self._vector(text) for text in texts])

    async def embed_query(self, text: str) -> Vector:
        return self._vector(text)

    def _vector(self, text: str) -> Vector:
        digest = hashlib.shake_128(text.encode()).digest(DIMENSION)
        vector = np.frombuffer(digest, np.uint8).astype(np.float32) - 127.5
        return vector / np.float32(np.linalg.norm(vector))


class Counting:
    """An `Index` for many processes, which keeps nothing."""

    created = False
    outdated = False

    async def upsert(self, points: Sequence[Point]) -> None:
        """Nothing is kept."""

    async def delete(self, collection_id: UUID, document_id: str | None = None, *, before: int | None = None) -> None:
        """Nothing is there."""

    async def describe(self, collection_id: UUID, document_id: str, metadata: DocumentMetadata) -> None:
        """Nothing is there."""

    async def search(self, dense: Vector, sparse: Any, **_: Any) -> list[Hit]:
        return []

    async def lists(self, wanted: Sequence[Wanted], **_: Any) -> list[list[Listed]]:
        return [[] for _ in wanted]

    async def similarities(self, ids: Collection[UUID], dense: Vector) -> dict[UUID, float]:
        return {}

    async def read(self, ids: Sequence[UUID]) -> list[Point]:
        return []

    async def hits(self, scores: Mapping[UUID, float], dense: Vector) -> list[Hit]:
        return []

    async def linked(self, link: Any, references: Any, dense: Vector, **_: Any) -> list[Hit]:
        return []

    async def count(self, collections: frozenset[UUID]) -> int:
        return 0

    async def points(self, collection_id: UUID, document_id: str) -> list[Point]:
        return []

    async def stored(self) -> AsyncIterator[Stored]:
        nothing: tuple[Stored, ...] = ()
        for one in nothing:
            yield one

    async def settle(self) -> None:
        """Nothing is there."""
