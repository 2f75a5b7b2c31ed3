"""Why a passage was found: which words of the question stand in it, and how near its meaning is.

Words are compared as the word index compares them (`SparseEncoder`): without regard to case, accents and endings, stop
words left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.corpus import Because, Passage
from retrieval.e5 import NAME
from retrieval.sparse import SparseEncoder

_WORD = re.compile(r"[^\W_]+")


class Nearness(StrEnum):
    """How near the meaning of a passage is to that of a question."""

    VERY_NEAR = "very near"
    NEAR = "near"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Reasons:
    """`words` are the question's that stand in the passage, its title or headings, as written there, each once; `marks`
    are their places in the chunk's text. `nearness` is None for an embedding model of which nobody measured it."""

    words: tuple[str, ...]
    marks: tuple[tuple[int, int], ...]
    similarity: float
    nearness: Nearness | None
    because: tuple[Because, ...] = ()


# Cosines from which a passage counts as near and as very near, by embedding model: how near vectors lie is the model's
# own affair. On the development questions the best passages of the fiches that answer one lie at .90 in the median and
# at .87 in the lowest twentieth, those of articles at .86, and any passage at .82; the nearest passage to a question
# that nothing answers lies at .87.
NEAR: dict[str, tuple[float, float]] = {NAME: (0.86, 0.90)}


def explained(passage: Passage, question: str, embedding: str, sparse: SparseEncoder) -> Reasons:
    """Why this passage was found for the question, with that embedding model."""
    asked = frozenset(sparse.query(question).indices)
    locator, text = passage.chunk.locator, passage.chunk.text
    marks = tuple(_places(text, asked, sparse))
    names = (passage.metadata.title, *locator.heading_path, passage.chunk.header)
    written = [text[start:end] for start, end in marks]
    written += [name[start:end] for name in names for start, end in _places(name, asked, sparse)]
    return Reasons(
        words=_distinct(written, sparse),
        marks=marks,
        similarity=passage.similarity,
        nearness=_nearness(passage.similarity, embedding),
        because=passage.because,
    )


def _places(text: str, asked: frozenset[int], sparse: SparseEncoder) -> Iterator[tuple[int, int]]:
    for word in _WORD.finditer(text):
        if not asked.isdisjoint(sparse.stems(word[0])):
            yield word.span()


def _distinct(words: Sequence[str], sparse: SparseEncoder) -> tuple[str, ...]:
    """Each once, in whichever of its forms comes first, in their order."""
    first: dict[tuple[int, ...], str] = {}
    for word in words:
        first.setdefault(sparse.stems(word), word)
    return tuple(first.values())


def _nearness(similarity: float, embedding: str) -> Nearness | None:
    if embedding not in NEAR:
        return None
    near, very_near = NEAR[embedding]
    if similarity >= very_near:
        return Nearness.VERY_NEAR
    return Nearness.NEAR if similarity >= near else Nearness.FAR
