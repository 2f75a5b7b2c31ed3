"""What one search goes through, noted while it does: for whoever wants to see why it found what it found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from retrieval.corpus import Passage
from retrieval.index import Hit, Index, Point
from retrieval.ranking.listing import Question
from retrieval.scope import Scope
from retrieval.understanding.understood import Understood

# A chunk by its collection, document, version and ordinal.
ChunkKey = tuple[UUID, str, int, int]


def key_of(one: Hit | Passage | Point) -> ChunkKey:
    """The chunk that was found."""
    return one.collection_id, one.document_id, one.version, one.chunk.ordinal


@dataclass(frozen=True, slots=True)
class Sought:
    """What was searched, where, and what was found in which order, before a reranker.

    `learned` says whether that order is a ranker's; else both lists are fused by rank.
    """

    scope: Scope
    understood: Understood
    vectors: Question
    index: Index
    hits: Sequence[Hit]
    learned: bool


@dataclass(slots=True)
class Trace:
    """Filled by the one search that it is given to (`Search.trace`)."""

    sought: Sought | None = None
    reranked: dict[ChunkKey, float] = field(default_factory=dict)
    """What a reranker gave those that it read."""
