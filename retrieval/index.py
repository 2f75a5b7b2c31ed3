"""The vector index: the port.

One index holds all collections; each point carries its collection as an indexed field. `search`
cannot be called without the permitted collections (`Within`), and an empty set finds nothing.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from retrieval.corpus import Chunk, DocumentMetadata
from retrieval.within import Within

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SparseVector:
    """Token ids and their weights, of one length."""

    indices: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A chunk with its vectors. `dense` has shape (dimension,), L2-normalised."""

    id: UUID
    collection_id: UUID
    document_id: str
    version: int
    metadata: DocumentMetadata
    chunk: Chunk
    dense: Vector
    sparse: SparseVector


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that a search found.

    `score` is the fused rank score, higher is better; `similarity` is the cosine of the chunk's dense
    vector and the question's.
    """

    collection_id: UUID
    document_id: str
    version: int
    metadata: DocumentMetadata
    chunk: Chunk
    score: float
    similarity: float
    named: bool = False
    """The question names the text: it comes first."""


class PartialHits(list[Hit]):
    """Hits of an index a part of which could not be asked."""


@dataclass(frozen=True, slots=True)
class Stored:
    """That there is a point of this chunk."""

    collection_id: UUID
    document_id: str
    version: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Fusion:
    """Reciprocal rank fusion (Cormack et al., 2009), weighted as Qdrant does it.

    Each list gives 1 / (rank / w + k - 1), ranks counted from 1: a weight stretches the ranks. `w` is
    twice `dense_weight` for the dense list and twice the rest for the sparse one, so that one half is
    plain fusion. `candidates` are read from each list before fusing (more, where more hits are wanted).
    """

    k: int
    dense_weight: float
    candidates: int

    @property
    def weights(self) -> tuple[float, float]:
        """Of the dense and of the sparse list, as the engine wants them."""
        return 2 * self.dense_weight, 2 * (1 - self.dense_weight)


class Link(StrEnum):
    """How a text is tied to a legal reference."""

    NAMED = "named"
    """It is that text."""
    CITING = "citing"
    """It cites that text."""


class Index(Protocol):
    """Raises `IndexUnavailable` where the engine cannot be reached or refuses."""

    @property
    def created(self) -> bool:
        """Whether there was no index yet when it was opened."""

    @property
    def outdated(self) -> bool:
        """Whether an earlier version of the assistant made it.

        Then it can be read, described and emptied, and `search`, `linked` and `upsert` raise `IndexOutdated`.
        """

    async def upsert(self, points: Sequence[Point]) -> None:
        """Write the points; one with the same id is replaced."""

    async def delete(self, collection_id: UUID, document_id: str | None = None, *, before: int | None = None) -> None:
        """Remove a collection's points, or one document's, or only those of its versions below `before`."""

    async def describe(self, collection_id: UUID, document_id: str, metadata: DocumentMetadata) -> None:
        """Give the points of a document other metadata; their vectors stay."""

    async def search(
        self,
        dense: Vector,
        sparse: SparseVector,
        *,
        within: Within,
        fusion: Fusion,
        limit: int,
    ) -> list[Hit]:
        """The best chunks in there, dense and sparse rankings fused in the engine.

        With an empty vector, of shape (0,), the words alone count, and nothing has a similarity. Where a part of the
        index is away, what the others have: `PartialHits`.
        """

    async def linked(
        self, link: Link, references: Iterable[str], dense: Vector, *, within: Within, limit: int
    ) -> list[Hit]:
        """The chunks in there of texts that are named by one of these references, or that cite one of them.

        References are in the index's words (`Reference.looked_for`, `names`). The nearest to the vector first, with
        the cosine as score; in no order where the vector is empty. Nothing where there is no reference.
        """

    async def count(self, collections: frozenset[UUID]) -> int:
        """How many points these collections have."""

    async def points(self, collection_id: UUID, document_id: str) -> list[Point]:
        """All points of a document, whole, of whatever version, in no order."""

    def stored(self) -> AsyncIterator[Stored]:
        """Every point there is, in no order."""

    async def settle(self) -> None:
        """Make writes durable and searches fast again after a batch of writes."""
