"""Scores of one list made comparable with those of another.

A list's scores are taken as standard scores of its best documents; what is not in the list stands where the list
ends (score normalisation before combination: Montague & Aslam, 2001).
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Generic, TypeVar

import numpy as np

# So many of the best make up the mean and the deviation, whatever the list's length.
BEST = 100

# A single text that has the word would stand ten deviations above all others, whatever else the question says.
HIGHEST = 4.0

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Standing(Generic[Key]):
    """Standard scores by what has them, and `floor`, the score of all else."""

    scores: Mapping[Key, float] = field(default_factory=dict)
    floor: float = 0.0

    def of(self, key: Key) -> float:
        """Where it stands."""
        return self.scores.get(key, self.floor)


def standing(scored: Iterable[tuple[Key, float]], without: Iterable[Key] = ()) -> Standing[Key]:
    """Of a list, the best first; only the best score of each key counts. All are 0 where all are equal.

    What is `without` any of the question's words has the score 0, if the list does not say otherwise.
    """
    best: dict[Key, float] = {}
    for key, score in chain(scored, ((key, 0.0) for key in without)):
        best.setdefault(key, score)
    if not best:
        return Standing()
    values = np.fromiter(best.values(), dtype=np.float64)
    head = values[:BEST]
    deviation = float(head.std())
    if deviation < 1e-9:
        return Standing(dict.fromkeys(best, 0.0))
    standard = np.minimum((values - head.mean()) / deviation, HIGHEST)
    return Standing(dict(zip(best, standard.tolist(), strict=True)), float(standard[len(head) - 1]))
