"""How much of a figure, or of the difference of two runs, the choice of the questions may explain.

All draws come from one fixed seed: the same scores give the same numbers. Sources: Smucker, Allan & Carterette,
A comparison of statistical significance tests for information retrieval evaluation (CIKM 2007), for the paired
randomisation test; Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13, for the percentile
interval; Phipson & Smyth, Permutation p-values should never be zero (2010); Holm, A simple sequentially
rejective multiple test procedure (1979).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

SEED = 20_070
RESAMPLES = 10_000
PERMUTATIONS = 20_000

# Up to so many questions that differ, every exchange of the two runs is counted instead of drawn.
EXACT = 12

# Two sums of the same numbers in another order are the same.
TOLERANCE = 1e-12

# What is drawn at once, so that memory does not grow with the questions.
CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over the questions, with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What one measure gained from one run to the other, on the same questions.

    `p` is that of the two-sided randomisation test, `p_holm` the same corrected for all measures compared.
    `better`, `worse` and `equal` count questions.
    """

    measure: str
    before: float
    after: float
    gain: Estimate
    p: float
    p_holm: float
    better: int
    worse: int
    equal: int

    @property
    def significant(self) -> bool:
        """Whether chance alone would show such a difference in any of the measures less than once in 20 times."""
        return self.p_holm < 0.05


def estimates(scores: Mapping[str, Scores]) -> dict[str, Estimate]:
    """By measure, mean and percentile bootstrap interval of its scores, of shape (questions,), at least one.

    All measures see the same resamples.
    """
    values = np.stack(list(scores.values()), axis=1)
    rng, n = np.random.default_rng(SEED), len(values)
    drawn = [_times_drawn(rng, rows, n) @ values / n for rows in _batches(RESAMPLES, n)]
    low, high = np.quantile(np.concatenate(drawn), (0.025, 0.975), axis=0)
    return {
        name: Estimate(float(mean), float(least), float(most))
        for name, mean, least, most in zip(scores, values.mean(axis=0), low, high, strict=True)
    }


def randomisation_test(differences: Scores) -> float:
    """The share of exchanges of the two runs, question by question, whose mean differs at least as much from 0.

    Two-sided, of shape (questions,). A question without a difference changes no mean and is left out. Counted
    over all exchanges where few questions differ, over drawn ones (that observed among them) otherwise.
    """
    differing = differences[differences != 0]
    reached = abs(differing.sum()) - TOLERANCE
    if len(differing) <= EXACT:
        signs = np.array(list(product((-1.0, 1.0), repeat=len(differing))))
        return float(np.mean(np.abs(signs @ differing) >= reached))
    rng = np.random.default_rng(SEED)
    extreme = 0
    for rows in _batches(PERMUTATIONS, len(differing)):
        signs = rng.integers(2, size=(rows, len(differing))) * 2.0 - 1
        extreme += int(np.count_nonzero(np.abs(signs @ differing) >= reached))
    return (extreme + 1) / (PERMUTATIONS + 1)


def holm(ps: Sequence[float]) -> list[float]:
    """Each p corrected for being one of several, in their order; holds whatever their dependence."""
    corrected, least = [0.0] * len(ps), 0.0
    for place, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = max(least, min(1.0, (len(ps) - place) * ps[index]))
        corrected[index] = least
    return corrected


def compare(before: Mapping[str, Scores], after: Mapping[str, Scores]) -> list[Difference]:
    """Measure by measure; both have the same ones, over the same questions in the same order."""
    gains = {name: after[name] - before[name] for name in before}
    gained = estimates(gains)
    ps = {name: randomisation_test(gain) for name, gain in gains.items()}
    corrected = dict(zip(ps, holm(list(ps.values())), strict=True))
    return [
        Difference(
            measure=name,
            before=float(before[name].mean()),
            after=float(after[name].mean()),
            gain=gained[name],
            p=ps[name],
            p_holm=corrected[name],
            better=int(np.count_nonzero(gain > 0)),
            worse=int(np.count_nonzero(gain < 0)),
            equal=int(np.count_nonzero(gain == 0)),
        )
        for name, gain in gains.items()
    ]


def _times_drawn(rng: np.random.Generator, rows: int, n: int) -> Scores:
    """How often each of n questions is in a resample of n of them; shape (rows, n)."""
    drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
    return np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def _batches(total: int, width: int) -> list[int]:
    """`total` rows of that width, in parts of at most `CELLS` cells (at least one row each)."""
    rows = max(1, min(total, CELLS // max(1, width)))
    whole, rest = divmod(total, rows)
    return [rows] * whole + ([rest] if rest else [])
