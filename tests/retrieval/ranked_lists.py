"""Lists of an index, and candidates, put together by hand."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np

from retrieval import point_id
from retrieval.index import Listed, Respect
from retrieval.ranking.features import NAMES, Candidates
from retrieval.ranking.standing import Floats
from retrieval.ranking.table import Lists

A, B = UUID(int=1), UUID(int=2)


def chunk(document: str, ordinal: int = 0, collection: UUID = A) -> UUID:
    """Its id."""
    return point_id(collection, document, 1, "test", ordinal)


def listed(
    document: str,
    score: float,
    *,
    ordinal: int = 0,
    collection: UUID = A,
    section: str = "",
    is_titled: bool = True,
) -> Listed:
    """A chunk in a list."""
    return Listed(chunk(document, ordinal, collection), str(collection), document, section, is_titled, score)


def lists(
    first: Mapping[Respect, Sequence[Listed]],
    further: Mapping[Respect, Sequence[Listed]] | None = None,
    openings: Sequence[Listed] = (),
) -> Lists:
    """Empty, where nothing is said."""
    empty: dict[Respect, Sequence[Listed]] = dict.fromkeys(Respect, ())
    return Lists(empty | dict(first), {Respect.MEANING: (), Respect.WHOLE: ()} | dict(further or {}), openings)


def of_features(rows: Floats, documents: Iterable[str] = ()) -> Candidates:
    """Documents of these features; each has one chunk."""
    names = tuple(documents) or tuple(f"d{n}" for n in range(len(rows)))
    keys = tuple((str(A), name) for name in names)
    places = np.arange(len(names))
    return Candidates(keys, rows.reshape(len(names), len(NAMES)), [*map(chunk, names)], places, np.zeros(len(names)))
