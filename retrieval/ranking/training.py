"""Learning a ranker's weights from questions whose documents are known.

The loss is the cross-entropy between the relevant documents, equally likely, and the softmax of the scores (ListNet's
top one: Cao et al., 2007), with a penalty on weights of standardised features. It is convex, and minimised by Newton's
method.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.ranking.features import NAMES, Candidates
from retrieval.ranking.newton import minimised
from retrieval.ranking.standing import SAME, Floats

PENALTY = 0.1
STEPS, ENOUGH = 50, 1e-8


@dataclass(frozen=True, slots=True)
class Example:
    """Candidates of a question, the ids of its relevant documents, and how much it counts."""

    candidates: Candidates
    relevant: frozenset[str]
    share: float

    @property
    def is_instructive(self) -> bool:
        """Whether a relevant document is among the candidates: without one there is nothing to learn."""
        return not self.relevant.isdisjoint(id_ for _, id_ in self.candidates.documents)


def learned(examples: Sequence[Example]) -> dict[str, float]:
    """Weights by feature, of features as they are. At least one of the examples is instructive."""
    some = [one for one in examples if one.is_instructive]
    rows = np.concatenate([one.candidates.features for one in some])
    deviations = rows.std(axis=0)
    deviations[deviations < SAME] = 1.0
    shares = np.array([one.share for one in some])
    lists = _Lists(
        [one.candidates.features / deviations for one in some], [_target(one) for one in some], shares / shares.sum()
    )
    weights = minimised(lists.at, len(NAMES), steps=STEPS, enough=ENOUGH)
    return dict(zip(NAMES, (weights / deviations).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _Lists:
    """One matrix of features and one distribution over its rows for each question."""

    features: list[Floats]
    targets: list[Floats]
    shares: Floats

    def at(self, weights: Floats) -> tuple[float, Floats, Floats]:
        """The loss, its gradient and its second derivative, shape (features, features)."""
        loss = PENALTY * float(weights @ weights) / 2
        gradient = PENALTY * weights
        curvature = PENALTY * np.eye(len(weights))
        for features, target, share in zip(self.features, self.targets, self.shares, strict=True):
            scores = features @ weights
            scores = scores - scores.max()
            likely = np.exp(scores)
            total = likely.sum()
            likely = likely / total
            mean = likely @ features
            loss -= share * float(target @ (scores - np.log(total)))
            gradient = gradient + share * (mean - target @ features)
            curvature = curvature + share * ((features * likely[:, None]).T @ features - np.outer(mean, mean))
        return loss, gradient, curvature


def _target(example: Example) -> Floats:
    relevant = np.array([float(id_ in example.relevant) for _, id_ in example.candidates.documents])
    target: Floats = relevant / relevant.sum()
    return target
