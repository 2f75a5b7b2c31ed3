"""Why passages were taken, or not, to be worth asking a model about: each figure that decided, for people to see."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from assistant.evidence import NAMES, Basis, Evidence, certain, score, suffices


class Ground(StrEnum):
    """What decided."""

    NAMED = "named"
    """The question names a text that was found."""
    ATTACHED = "attached"
    """The passages are of the reader's own files."""
    WORDS_ALONE = "words alone"
    """The question's meaning could not be had."""
    NO_WORD = "no word"
    """No passage has a word of the question."""
    WEIGHTS = "weights"
    """The learned weights, from a score of 0 on."""
    UNLEARNED = "unlearned"
    """The weights say nothing here, and a word of the question is enough."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """`values` and `weights` by sign; `score` is their weighted sum with the intercept, None where nothing was weighed.

    `thresholds` is the fingerprint of the weights; empty where there are none.
    """

    basis: Basis
    ground: Ground
    answerable: bool
    certain: bool
    values: Mapping[str, float]
    weights: Mapping[str, float]
    intercept: float
    score: float | None
    thresholds: str


def weighed(basis: Basis, evidence: Evidence | None) -> Weighed:
    """The decision on these passages, as an answer takes it."""
    reached = score(basis, evidence)
    return Weighed(
        basis=basis,
        ground=_ground(basis, reached),
        answerable=suffices(basis, evidence),
        certain=certain(basis, evidence),
        values={name: value for name, value in asdict(basis.signs).items() if name in NAMES},
        weights=dict(evidence.weights) if evidence else {},
        intercept=evidence.intercept if evidence else 0.0,
        score=reached,
        thresholds=evidence.fingerprint if evidence else "",
    )


def _ground(basis: Basis, reached: float | None) -> Ground:
    if basis.named:
        return Ground.NAMED
    if basis.attached:
        return Ground.ATTACHED
    if basis.by_words_alone:
        return Ground.WORDS_ALONE
    if not basis.coverage:
        return Ground.NO_WORD
    return Ground.UNLEARNED if reached is None else Ground.WEIGHTS
