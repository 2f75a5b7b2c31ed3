"""What an index listed for a question, so that whatever is in one list can be compared with the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np

from retrieval.index import Listed, Respect
from retrieval.ranking.standing import Floats, Places, numbered, standing

# Its collection's id, as written, and its own.
DocumentKey: TypeAlias = tuple[str, str]

# So long is a list at most; one of words that is shorter has ended, and what is not in it has none of them.
CHUNKS, DOCUMENTS = 100, 60  # longer ones gave no better order
LENGTHS = {
    Respect.MEANING: CHUNKS,
    Respect.WORDS: CHUNKS,
    Respect.WHOLE: DOCUMENTS,
    Respect.TITLE: DOCUMENTS,
}
OF_WORDS = frozenset({Respect.WORDS, Respect.WHOLE, Respect.TITLE})


@dataclass(frozen=True, slots=True)
class Lists:
    """What was listed for a question, by respect, and for the question made richer."""

    first: Mapping[Respect, Sequence[Listed]]
    further: Mapping[Respect, Sequence[Listed]]
    openings: Sequence[Listed] = ()
    """By meaning, the first chunks of documents that have no title."""


class Table:
    """Everything that was listed, a row for each entry of a list; documents and chunks by their places."""

    def __init__(self, lists: Lists) -> None:
        self.rows = [*chain(*lists.first.values(), *lists.further.values(), lists.openings)]
        self.documents, self._document = numbered((one.collection_id, one.document_id) for one in self.rows)
        self.chunks, self._chunk = numbered(one.id for one in self.rows)
        self._scores = np.fromiter((one.score for one in self.rows), dtype=np.float64)
        self._first = _parts(lists.first, 0)
        self._further = _parts(lists.further, sum(map(len, lists.first.values())))
        self._openings = slice(len(self.rows) - len(lists.openings), len(self.rows))
        self.document_of = self._document[firsts(self._chunk)]

    def first_rows(self) -> list[Listed]:
        """The first row of each document."""
        return [self.rows[place] for place in firsts(self._document)]

    def documents_by(self, respect: Respect, *, further: bool = False) -> Floats:
        """Where documents stand in a list, shape (documents,)."""
        part = self._part(respect, further=further)
        is_whole = _has_ended(respect, part.stop - part.start)
        return standing(self._document[part], self._scores[part], len(self.documents), is_whole=is_whole)

    def documents_by_opening(self) -> Floats:
        """Where documents stand by their first chunks, shape (documents,)."""
        return standing(self._document[self._openings], self._scores[self._openings], len(self.documents))

    def chunks_by(self, respect: Respect, *, further: bool = False) -> Floats:
        """Where chunks stand in a list, shape (chunks,)."""
        part = self._part(respect, further=further)
        is_whole = _has_ended(respect, part.stop - part.start)
        return standing(self._chunk[part], self._scores[part], len(self.chunks), is_whole=is_whole)

    def _part(self, respect: Respect, *, further: bool) -> slice:
        return (self._further if further else self._first)[respect]


def _has_ended(respect: Respect, length: int) -> bool:
    """Whether a list of that length leaves out only what has none of the words."""
    return respect in OF_WORDS and 0 < length < LENGTHS[respect]


def _parts(lists: Mapping[Respect, Sequence[Listed]], start: int) -> dict[Respect, slice]:
    """The rows of each list."""
    parts = {}
    for respect, some in lists.items():
        parts[respect] = slice(start, start := start + len(some))
    return parts


def firsts(places: Places) -> Places:
    """The first row of each thing."""
    return np.unique(places, return_index=True)[1]
