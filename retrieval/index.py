"""The vector index: the port.

One index holds all collections; each point carries its collection as an indexed field. `search`
cannot be called without the permitted collections (`Within`), and an empty set finds nothing.
"""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
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
class DocumentWords:
    """The words of a document's title, and of all of it."""

    title: SparseVector
    whole: SparseVector


@dataclass(frozen=True, slots=True)
class Point:
    """A chunk with its vectors. `dense` has shape (dimension,), L2-normalised.

    The first chunk of a document stands for it, and has the words of the `document`.
    """

    id: UUID
    collection_id: UUID
    document_id: str
    version: int
    metadata: DocumentMetadata
    chunk: Chunk
    dense: Vector
    sparse: SparseVector
    document: DocumentWords | None = None


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


class Respect(StrEnum):
    """In which respect chunks are near to a question."""

    MEANING = "meaning"
    """The cosine of the dense vectors."""
    WORDS = "words"
    """BM25, the chunk under its title and headings."""
    WHOLE = "whole"
    """BM25 of the whole document; its first chunk stands for it."""
    TITLE = "title"
    """BM25 of the document's title; its first chunk stands for it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The `limit` nearest in one respect; an empty vector is near to nothing."""

    respect: Respect
    vector: Vector | SparseVector
    limit: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be near."""
        return not (self.vector.indices if isinstance(self.vector, SparseVector) else self.vector.size)


@dataclass(frozen=True, slots=True)
class Listed:
    """A chunk in a list; `section` is the same for chunks of one collection under the same path of headings."""

    id: UUID
    collection_id: str
    document_id: str
    section: str
    is_titled: bool
    score: float


class PartialLists(list[list[Listed]]):
    """Lists of an index a part of which could not be asked."""


def answered(wanted: Sequence[Wanted], lists: Sequence[list[Any]]) -> list[list[Any]]:
    """A list for each that was wanted: those that were asked for, and none for those that are empty."""
    asked = iter(lists)
    return [[] if one.is_empty else next(asked) for one in wanted]


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

        Then it can be read, described and emptied; `search`, `lists`, `linked` and `upsert` raise `IndexOutdated`.
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

    async def lists(self, wanted: Sequence[Wanted], *, within: Within) -> list[list[Listed]]:
        """One list for each that is wanted, in that order, the nearest chunks in there first.

        Where a part of the index is away, what the others have: `PartialLists`.
        """

    async def similarities(self, ids: Collection[UUID], dense: Vector) -> dict[UUID, float]:
        """The cosine of the vector and of each of these chunks' own, the nearest first; none with an empty vector.

        Whoever asks has the ids from `lists`. Where a part of the index is away, what the others have.
        """

    async def read(self, ids: Sequence[UUID]) -> list[Point]:
        """The points of these ids that there are, whole, in no order. Whoever asks has the ids from `lists`.

        Where a part of the index is away, what the others have.
        """

    async def hits(self, scores: Mapping[UUID, float], dense: Vector) -> list[Hit]:
        """The same as hits with these scores, in the order in which they are given.

        Where a part of the index is away, what the others have: `PartialHits`.
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
