"""Two kept evaluations side by side: what each figure gained, which questions got worse, whether the gate is passed.

Only questions that both asked in the same words, with the same documents expected, are compared.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from assistant import AnswersRun
from assistant.metrics import EvaluatedAnswer, Fall, falls, figures
from retrieval import EvaluationRun, RunsDiffer, metrics
from retrieval.evaluation_run import EvaluatedQuestion
from retrieval.figures import scores
from retrieval.significance import Difference, compare

MARGIN = 0.02
MOVED_SHOWN = 50

# Of a search, the figures that may not fall.
GATE = ("success@5", "recall@20", "mrr@10", "ndcg@10")

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Moved:
    """A question that fares worse, or better, by so much (from -1 to 1), with what became of it in each."""

    id: str
    question: str
    before: str
    after: str
    gain: float


@dataclass(frozen=True, slots=True)
class Compared:
    """Over `common` questions; `left_out` stand in one of the two alone. `falls` are beyond the margin."""

    common: int
    left_out: int
    differences: tuple[Difference, ...]
    worse: tuple[Moved, ...]
    better: tuple[Moved, ...]
    falls: tuple[Fall, ...]

    @property
    def passes(self) -> bool:
        """Whether no figure that may not fall has fallen."""
        return not self.falls


def compared(before: EvaluationRun | AnswersRun, after: EvaluationRun | AnswersRun, margin: float = MARGIN) -> Compared:
    """Both of one kind, the earlier one first. Raises `RunsDiffer`."""
    match before, after:
        case EvaluationRun(), EvaluationRun():
            return _searches(before, after, margin)
        case AnswersRun(), AnswersRun():
            return _answers(before, after, margin)
    raise RunsDiffer("l’une mesure la recherche, l’autre les réponses")


def of_common(before: EvaluationRun, after: EvaluationRun) -> tuple[EvaluationRun, EvaluationRun]:
    """The same searches, of the questions alone that both asked. Raises `RunsDiffer`."""
    if before.k != after.k:
        raise RunsDiffer(f"l’une a lu {before.k} documents par question, l’autre {after.k}")
    pairs = _pairs(before.questions, after.questions, _question_key)
    return (
        replace(before, questions=tuple(one for one, _ in pairs)),
        replace(after, questions=tuple(other for _, other in pairs)),
    )


def answers_of_common(before: AnswersRun, after: AnswersRun) -> tuple[AnswersRun, AnswersRun]:
    """The same for answers. Raises `RunsDiffer`."""
    pairs = _pairs(before.answers, after.answers, _answer_key)
    return (
        replace(before, answers=tuple(one for one, _ in pairs)),
        replace(after, answers=tuple(other for _, other in pairs)),
    )


def _searches(before: EvaluationRun, after: EvaluationRun, margin: float) -> Compared:
    asked = len({_question_key(one) for one in (*before.questions, *after.questions)})
    before, after = of_common(before, after)
    differences = compare(scores(before.questions, before.k), scores(after.questions, after.k))
    depth = min(10, before.k)
    moved = [
        Moved(
            one.id,
            other.question,
            _rank(one, before.k),
            _rank(other, after.k),
            metrics.ndcg(other.ranking, other.relevant, depth) - metrics.ndcg(one.ranking, one.relevant, depth),
        )
        for one, other in zip(before.questions, after.questions, strict=True)
    ]
    fallen = [Fall(one.measure, one.before, one.after) for one in differences if one.before - one.after > margin]
    return _compared(asked, moved, differences, [one for one in fallen if one.figure in GATE])


def _answers(before: AnswersRun, after: AnswersRun, margin: float) -> Compared:
    asked = len({_answer_key(one) for one in (*before.answers, *after.answers)})
    pairs = _pairs(before.answers, after.answers, _answer_key)
    differences = _differences(pairs)
    moved = [Moved(one.id, other.question, said(one), said(other), worth(other) - worth(one)) for one, other in pairs]
    earlier, later = figures([one for one, _ in pairs]), figures([other for _, other in pairs])
    return _compared(asked, moved, differences, falls(earlier, later, margin))


def _differences(pairs: Sequence[tuple[EvaluatedAnswer, EvaluatedAnswer]]) -> list[Difference]:
    measures: dict[str, Callable[[EvaluatedAnswer], float]] = {
        "correct": lambda one: float(one.refused != one.answerable),
        "worth": worth,
    }

    def values(side: int) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        return {name: np.array([measure(pair[side]) for pair in pairs]) for name, measure in measures.items()}

    return compare(values(0), values(1))


def _compared(
    asked: int, moved: Sequence[Moved], differences: Sequence[Difference], fallen: Sequence[Fall]
) -> Compared:
    worse = sorted((one for one in moved if one.gain < 0), key=lambda one: one.gain)
    better = sorted((one for one in moved if one.gain > 0), key=lambda one: -one.gain)
    return Compared(
        common=len(moved),
        left_out=asked - len(moved),
        differences=tuple(differences),
        worse=tuple(worse),
        better=tuple(better),
        falls=tuple(fallen),
    )


def _pairs(before: Sequence[One], after: Sequence[One], key: Callable[[One], Hashable]) -> list[tuple[One, One]]:
    """Those that stand in both, by key. Raises `RunsDiffer`."""
    earlier = {key(one): one for one in before}
    pairs = [(earlier[key(one)], one) for one in after if key(one) in earlier]
    if not pairs:
        raise RunsDiffer("elles n’ont aucune question commune")
    return pairs


def _question_key(one: EvaluatedQuestion) -> Hashable:
    return one.id, one.question, one.relevant


def _answer_key(one: EvaluatedAnswer) -> Hashable:
    return one.id, one.question, one.relevant


def _rank(one: EvaluatedQuestion, k: int) -> str:
    return f"non trouvé parmi {k}" if one.first_rank is None else f"rang {one.first_rank}"


def said(one: EvaluatedAnswer) -> str:
    """What became of a question, in a few words."""
    if one.refused:
        return "refusée à tort" if one.answerable else "refusée, à raison"
    if not one.answerable:
        return "répondue, alors qu’aucun document ne répond"
    found = len(one.relevant & {*one.cited})
    told = f"cite {found} des {len(one.relevant)} documents attendus"
    return f"{told}, {one.unsupported} phrase(s) non vérifiée(s)" if one.unsupported else told


def worth(one: EvaluatedAnswer) -> float:
    """From 0 to 1: 1 for a right refusal, or for an answer that cites what is expected, all its sentences verified."""
    if one.refused or not one.answerable:
        return float(one.refused != one.answerable)
    sentences = one.supported + one.unsupported
    return (one.precision + one.recall + (one.supported / sentences if sentences else 1.0)) / 3
