"""Scores of one list made comparable with those of another.

A list's scores are taken as standard scores of its best entries; what is not in the list stands where the list
ends (score normalisation before combination: Montague & Aslam, 2001).
"""

from collections.abc import Hashable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
Floats = NDArray[np.float64]

# So many of the best make up the mean and the deviation, whatever the list's length.
BEST = 100

# A single text that has the word would stand ten deviations above all others, whatever else the question says.
HIGHEST = 4.0

SAME = 1e-9  # a deviation below which all are equal

Key = TypeVar("Key", bound=Hashable)


def numbered(keys: Iterable[Key]) -> tuple[list[Key], Places]:
    """Each key once, as it comes, and for each that was given its place among them."""
    places: dict[Key, int] = {}
    found = np.fromiter((places.setdefault(key, len(places)) for key in keys), dtype=np.int64)
    return list(places), found


def standing(places: Places, scores: Floats, count: int, *, is_whole: bool = False) -> Floats:
    """Where each of `count` things stands, shape (count,), by a list of their places and scores, the best first.

    Only the best score of each counts. All are 0 where all scores are equal. A list that `is_whole` leaves nothing out
    that has a score at all: the others have none, and count among it.
    """
    first = np.sort(np.unique(places, return_index=True)[1])
    listed, values = places[first], scores[first]
    head = values[:BEST]
    if is_whole:
        head = np.concatenate([head, np.zeros(min(BEST, count) - len(head))])
    deviation = head.std() if len(head) else 0.0
    if deviation < SAME:
        return np.zeros(count)
    found = np.full(count, 0.0 if is_whole else head[-1])
    found[listed] = values
    standard: Floats = np.minimum((found - head.mean()) / deviation, HIGHEST)
    return standard
