"""Scores of one list made comparable with those of another.

A list's scores are taken as standard scores of its best documents; what is not in the list stands where the list
ends (score normalisation before combination: Montague & Aslam, 2001).
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

# So many of the best make up the mean and the deviation, whatever the list's length.
BEST = 100

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Standing(Generic[Key]):
    """Standard scores by what has them, and `floor`, the score of all else."""

    scores: Mapping[Key, float] = field(default_factory=dict)
    floor: float = 0.0

    def of(self, key: Key) -> float:
        """Where it stands."""
        return self.scores.get(key, self.floor)


def standing(scored: Iterable[tuple[Key, float]]) -> Standing[Key]:
    """Of a list, the best first; only the best score of each key counts. All are 0 where all are equal."""
    best: dict[Key, float] = {}
    for key, score in scored:
        best.setdefault(key, score)
    if not best:
        return Standing()
    values = np.fromiter(best.values(), dtype=np.float64)
    head = values[:BEST]
    deviation = float(head.std())
    if deviation < 1e-9:
        return Standing(dict.fromkeys(best, 0.0))
    standard = (values - head.mean()) / deviation
    return Standing(dict(zip(best, standard.tolist(), strict=True)), float(standard[len(head) - 1]))
