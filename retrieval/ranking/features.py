"""What a ranker knows of a document that was listed for a question.

Each feature is a number without a unit, most of them standard scores (`Standing`), so that weights learned on one
corpus mean the same on another.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from retrieval.index import Listed, Respect
from retrieval.ranking.standing import Standing, standing

# Its collection's id, as written, and its own.
DocumentKey: TypeAlias = tuple[str, str]

# How the lists of chunks count among each other where chunks or neighbours are compared, and what a neighbour must
# stand above.
MEANING, WORDS, FURTHER = 1.0, 0.6, 0.5
LEAST_NEIGHBOUR = -2.0

# So long is a list at most; one of words that is shorter has ended, and what is not in it has none of them.
CHUNKS, DOCUMENTS = 100, 60  # longer ones gave no better order
LENGTHS = {
    Respect.MEANING: CHUNKS,
    Respect.WORDS: CHUNKS,
    Respect.OPENING: DOCUMENTS,
    Respect.WHOLE: DOCUMENTS,
    Respect.TITLE: DOCUMENTS,
}
OF_WORDS = frozenset({Respect.WORDS, Respect.WHOLE, Respect.TITLE})


@dataclass(frozen=True, slots=True)
class Features:
    """Of one document; of its best chunk, where chunks are compared."""

    words: float
    whole: float
    """The words of all of it."""
    untitled_opening: float
    """The meaning of its first chunk, where it has no title: then that says what it is about. Else 0."""
    title: float
    """The words of its title; 0 where it has none."""
    further_meaning: float
    """Its nearness to the question that feedback has made richer."""
    further_words: float
    """The same of the words of all of it."""
    neighbour: float
    """How well the best other document of its section stands; 0 where there is none."""
    in_section: float
    """1 where it stands under headings that it shares with other documents, as an article does."""


NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Lists:
    """What was listed for a question, by respect, and for the question made richer."""

    first: Mapping[Respect, Sequence[Listed]]
    further: Mapping[Respect, Sequence[Listed]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Documents that were listed: a row of features each, and their chunks with what they stand below the best."""

    documents: tuple[DocumentKey, ...]
    features: NDArray[np.float64]
    """Shape (documents, features), columns as in `NAMES`."""
    chunks: Mapping[DocumentKey, Sequence[tuple[UUID, float]]]
    """The best first, which stands 0 below itself; standard scores."""


def candidates(lists: Lists) -> Candidates:
    """All documents of the lists, in no order that means anything."""
    standings = _Standings(lists)
    listed = _by_document(lists)
    chunks = {key: _chunks(some, standings) for key, some in listed.items()}
    neighbours = _neighbours(listed, standings)
    rows = [
        _features(key, next(iter(some.values())), standings, neighbours.get(key, 0.0)) for key, some in listed.items()
    ]
    matrix = np.array([[getattr(row, name) for name in NAMES] for row in rows], dtype=np.float64)
    return Candidates(tuple(listed), matrix.reshape(len(rows), len(NAMES)), chunks)


class _Standings:
    """Of documents and of chunks, in each respect."""

    def __init__(self, lists: Lists) -> None:
        everything = [one for some in (*lists.first.values(), *lists.further.values()) for one in some]
        documents = list(dict.fromkeys(map(_key, everything)))
        chunks = list(dict.fromkeys(one.id for one in everything))
        self.first = {respect: _of_documents(respect, some, documents) for respect, some in lists.first.items()}
        self.further = {respect: _of_documents(respect, some, documents) for respect, some in lists.further.items()}
        chunk_lists = (
            (MEANING, Respect.MEANING, lists.first[Respect.MEANING]),
            (WORDS, Respect.WORDS, lists.first[Respect.WORDS]),
            (FURTHER, Respect.MEANING, lists.further[Respect.MEANING]),
        )
        self._of_chunks = [(weight, of_chunks(respect, some, chunks)) for weight, respect, some in chunk_lists]

    def of_document(self, key: DocumentKey) -> float:
        """By its best chunks."""
        first, further = self.first, self.further
        meaning, words = first[Respect.MEANING].of(key), first[Respect.WORDS].of(key)
        return MEANING * meaning + WORDS * words + FURTHER * further[Respect.MEANING].of(key)

    def of_chunk(self, chunk: UUID) -> float:
        return sum(weight * one.of(chunk) for weight, one in self._of_chunks)


def of_chunks(respect: Respect, some: Sequence[Listed], chunks: Iterable[UUID]) -> Standing[UUID]:
    """Of the list of that respect; `chunks` are others that count among them."""
    return standing(((one.id, one.score) for one in some), chunks if _has_ended(respect, some) else ())


def _of_documents(respect: Respect, some: Sequence[Listed], documents: Iterable[DocumentKey]) -> Standing[DocumentKey]:
    return standing(((_key(one), one.score) for one in some), documents if _has_ended(respect, some) else ())


def _has_ended(respect: Respect, some: Sequence[Listed]) -> bool:
    return respect in OF_WORDS and 0 < len(some) < LENGTHS[respect]


def _key(one: Listed) -> DocumentKey:
    return one.collection_id, one.document_id


def _by_document(lists: Lists) -> dict[DocumentKey, dict[UUID, Listed]]:
    """Each listed chunk once, by document."""
    found: defaultdict[DocumentKey, dict[UUID, Listed]] = defaultdict(dict)
    for some in (*lists.first.values(), *lists.further.values()):
        for one in some:
            found[_key(one)].setdefault(one.id, one)
    return dict(found)


def _chunks(some: Mapping[UUID, Listed], standings: _Standings) -> list[tuple[UUID, float]]:
    stand = sorted(((chunk, standings.of_chunk(chunk)) for chunk in some), key=lambda one: (-one[1], one[0]))
    return [(chunk, stand[0][1] - value) for chunk, value in stand]


def _neighbours(listed: Mapping[DocumentKey, Mapping[UUID, Listed]], standings: _Standings) -> dict[DocumentKey, float]:
    """How well the best other document of the section stands."""
    sections: defaultdict[tuple[str, str], list[tuple[float, DocumentKey]]] = defaultdict(list)
    for key, some in listed.items():
        section = next(iter(some.values())).section
        if section:
            above = max(standings.of_document(key) - LEAST_NEIGHBOUR, 0.0)
            sections[key[0], section].append((above, key))
    best: dict[DocumentKey, float] = {}
    for members in sections.values():
        members.sort(key=lambda one: -one[0])
        for place, (_, key) in enumerate(members[: len(members) if len(members) > 1 else 0]):
            best[key] = members[1 if place == 0 else 0][0]
    return best


def _features(key: DocumentKey, one: Listed, standings: _Standings, neighbour: float) -> Features:
    first, further = standings.first, standings.further
    return Features(
        words=first[Respect.WORDS].of(key),
        whole=first[Respect.WHOLE].of(key),
        untitled_opening=0.0 if one.is_titled else first[Respect.OPENING].of(key),
        title=first[Respect.TITLE].of(key) if one.is_titled else 0.0,
        further_meaning=further[Respect.MEANING].of(key),
        further_words=further[Respect.WHOLE].of(key),
        neighbour=neighbour,
        in_section=1.0 if one.section else 0.0,
    )
