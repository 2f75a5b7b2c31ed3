"""What a ranker knows of the documents that were listed for a question.

Each feature is a number without a unit, most of them standard scores (`standing`), so that weights learned on one
corpus mean the same on another.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from uuid import UUID

import numpy as np

from retrieval.index import Respect
from retrieval.ranking.standing import Floats, Places
from retrieval.ranking.table import DocumentKey, Lists, Table, firsts

# How the lists of chunks count among each other where chunks or neighbours are compared, and what a neighbour must
# stand above.
MEANING, WORDS, FURTHER = 1.0, 0.6, 0.5
LEAST_NEIGHBOUR = -2.0


@dataclass(frozen=True, slots=True)
class Features:
    """Of documents, each of shape (documents,); of their best chunks, where chunks are compared."""

    whole: Floats
    """The words of all of it."""
    untitled_opening: Floats
    """The meaning of its first chunk, where it has no title: then that says what it is about. Else 0."""
    title: Floats
    """The words of its title; 0 where it has none."""
    further_meaning: Floats
    """Its nearness to the question that feedback has made richer."""
    further_words: Floats
    """The same of the words of all of it."""
    neighbour: Floats
    """How well the best other document of its section stands; 0 where there is none."""


NAMES = tuple(field.name for field in fields(Features))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Documents that were listed, and their chunks, document by document, the best of each first."""

    documents: Sequence[DocumentKey]
    features: Floats
    """Shape (documents, features), columns as in `NAMES`."""
    chunks: Sequence[UUID]
    document_of: Places
    """Of each chunk the place of its document, shape (chunks,)."""
    below: Floats
    """What each chunk stands below the best of its document, in standard scores, shape (chunks,)."""


def candidates(lists: Lists) -> Candidates:
    """All documents of the lists, in no order that means anything."""
    table = Table(lists)
    features = _features(table)
    columns = [getattr(features, name) for name in NAMES]
    return Candidates(table.documents, np.column_stack(columns), *_best_first(table))


def _features(table: Table) -> Features:
    meaning, words = table.documents_by(Respect.MEANING), table.documents_by(Respect.WORDS)
    further_meaning = table.documents_by(Respect.MEANING, further=True)
    documents = table.first_rows()
    is_titled = np.array([one.is_titled for one in documents], dtype=np.bool_)
    sections = [one.section for one in documents]
    return Features(
        whole=table.documents_by(Respect.WHOLE),
        untitled_opening=np.where(is_titled, 0.0, table.documents_by_opening()),
        title=np.where(is_titled, table.documents_by(Respect.TITLE), 0.0),
        further_meaning=further_meaning,
        further_words=table.documents_by(Respect.WHOLE, further=True),
        neighbour=_neighbours(table.documents, sections, MEANING * meaning + WORDS * words + FURTHER * further_meaning),
    )


def _neighbours(documents: Sequence[DocumentKey], sections: Sequence[str], stand: Floats) -> Floats:
    """How well the best other document of the section stands, shape (documents,)."""
    above = np.maximum(stand - LEAST_NEIGHBOUR, 0.0)
    members: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, ((collection, _), section) in enumerate(zip(documents, sections, strict=True)):
        if section:
            members[collection, section].append(place)
    found = np.zeros(len(documents))
    for places in members.values():
        if len(places) > 1:
            second, best = sorted(places, key=above.__getitem__)[-2:]
            found[places] = above[best]
            found[best] = above[second]
    return found


def _best_first(table: Table) -> tuple[list[UUID], Places, Floats]:
    """The chunks, the places of their documents, and what they stand below the best."""
    stand = (
        MEANING * table.chunks_by(Respect.MEANING)
        + WORDS * table.chunks_by(Respect.WORDS)
        + FURTHER * table.chunks_by(Respect.MEANING, further=True)
    )
    keys = list(zip(table.document_of.tolist(), (-stand).tolist(), table.chunks, strict=True))
    order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    document_of, stand = table.document_of[order], stand[order]
    best = stand[firsts(document_of)][document_of]
    return [table.chunks[place] for place in order], document_of, best - stand
