"""Vector spaces: an embedding model, and the index of what it embedded.

Vectors of two spaces cannot be compared, so whoever makes a vector takes the model and the index from one value.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from retrieval.corpus import DocumentMetadata
from retrieval.embedding import Embedder
from retrieval.index import Fusion, Hit, Index, Link, Listed, Point, SparseVector, Stored, Vector, Wanted
from retrieval.within import Within


@dataclass(frozen=True, slots=True)
class VectorSpace:
    """Also `Spaces`, where there is no other."""

    embedder: Embedder
    index: Index

    async def in_use(self) -> "VectorSpace":
        """Itself."""
        return self


class Spaces(Protocol):
    """Raises `ModelUnknown`, `EmbeddingModelMissing`, `IndexUnavailable`, `IndexMismatch`."""

    async def in_use(self) -> VectorSpace:
        """The space in which passages are found now; the same value until another takes its place.

        While a transaction holds rows of `document` or `document_version`, none does.
        """


class IndexInUse:
    """`Index` of the space in use, for whoever writes without making vectors, and asks for no place among them.

    Whoever writes does so in a transaction that holds the documents (`Spaces.in_use`).
    """

    def __init__(self, spaces: Spaces) -> None:
        self._spaces = spaces

    @property
    def created(self) -> bool:
        """It was there."""
        return False

    @property
    def outdated(self) -> bool:
        """Its own calls tell."""
        return False

    async def upsert(self, points: Sequence[Point]) -> None:
        await (await self._index()).upsert(points)

    async def delete(self, collection_id: UUID, document_id: str | None = None, *, before: int | None = None) -> None:
        await (await self._index()).delete(collection_id, document_id, before=before)

    async def describe(self, collection_id: UUID, document_id: str, metadata: DocumentMetadata) -> None:
        await (await self._index()).describe(collection_id, document_id, metadata)

    async def search(
        self,
        dense: Vector,
        sparse: SparseVector,
        *,
        within: Within,
        fusion: Fusion,
        limit: int,
    ) -> list[Hit]:
        return await (await self._index()).search(dense, sparse, within=within, fusion=fusion, limit=limit)

    async def lists(self, wanted: Sequence[Wanted], *, within: Within) -> list[list[Listed]]:
        return await (await self._index()).lists(wanted, within=within)

    async def similarities(self, ids: Collection[UUID], dense: Vector) -> dict[UUID, float]:
        return await (await self._index()).similarities(ids, dense)

    async def read(self, ids: Sequence[UUID]) -> list[Point]:
        return await (await self._index()).read(ids)

    async def hits(self, scores: Mapping[UUID, float], dense: Vector) -> list[Hit]:
        return await (await self._index()).hits(scores, dense)

    async def linked(
        self, link: Link, references: Iterable[str], dense: Vector, *, within: Within, limit: int
    ) -> list[Hit]:
        return await (await self._index()).linked(link, references, dense, within=within, limit=limit)

    async def count(self, collections: frozenset[UUID]) -> int:
        return await (await self._index()).count(collections)

    async def points(self, collection_id: UUID, document_id: str) -> list[Point]:
        return await (await self._index()).points(collection_id, document_id)

    async def stored(self) -> AsyncIterator[Stored]:
        async for one in (await self._index()).stored():
            yield one

    async def settle(self) -> None:
        await (await self._index()).settle()

    async def _index(self) -> Index:
        return (await self._spaces.in_use()).index
