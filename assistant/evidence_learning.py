"""Learning from questions whose answerability is known whether passages carry an answer.

Logistic regression with a penalty on weights of standardised signs (Cox, 1958), minimised by Newton's method. The
threshold is where the share of answerable questions that are refused is the one allowed.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np

from assistant.evidence import NAMES, Evidence, Signs
from retrieval.ranking.newton import minimised
from retrieval.ranking.standing import SAME, Floats

PENALTY = 0.001
STEPS, ENOUGH = 100, 1e-10
DIGITS = 4  # of a weight, in the file too: the weights that are proved are those that are kept


@dataclass(frozen=True, slots=True)
class Example:
    """The signs of a question that was asked, and whether documents answer it.

    `usual`: it was asked of all that may be read, as people ask; on these the threshold is set.
    """

    signs: Signs
    answerable: bool
    usual: bool = True


def learned(embedding: str, examples: Sequence[Example], refused: float) -> Evidence:
    """Weights, and a threshold that refuses at most this share of the answerable questions that were asked as usual.

    Both kinds count the same, however many there are of each; there is at least one, and one that was asked as usual.
    """
    rows = np.array([astuple(one.signs) for one in examples])
    answerable = np.array([one.answerable for one in examples])
    shares = np.where(answerable, 0.5 / answerable.sum(), 0.5 / (~answerable).sum())
    mean = shares @ rows
    deviation = np.sqrt(shares @ (rows - mean) ** 2)
    deviation[deviation < SAME] = 1.0
    features = np.column_stack([(rows - mean) / deviation, np.ones(len(rows))])
    weights = _minimised(features, answerable.astype(np.float64), shares)[:-1] / deviation
    named = {name: round(weight, DIGITS) for name, weight in zip(NAMES, weights.tolist(), strict=True)}
    free = Evidence(embedding, named, 0.0, {})
    scores = np.sort([free.score(one.signs) for one in examples if one.answerable and one.usual])
    threshold = float(scores[int(refused * len(scores))])
    return replace(free, intercept=math.ceil(-threshold * 10**DIGITS) / 10**DIGITS)


def _minimised(features: Floats, target: Floats, shares: Floats) -> Floats:
    """The weights, that of the constant last, which has no penalty."""
    penalty = np.full(features.shape[1], PENALTY)
    penalty[-1] = 0.0

    def loss(weights: Floats) -> tuple[float, Floats, Floats]:
        scores = features @ weights
        likely = 1 / (1 + np.exp(-scores))
        value = float(shares @ (np.logaddexp(0.0, scores) - target * scores) + penalty @ weights**2 / 2)
        gradient = features.T @ (shares * (likely - target)) + penalty * weights
        curvature = (features.T * (shares * likely * (1 - likely))) @ features + np.diag(penalty + SAME)
        return value, gradient, curvature

    return minimised(loss, features.shape[1], steps=STEPS, enough=ENOUGH)
