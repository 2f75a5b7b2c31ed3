"""An evaluation looked at from all sides: figures with their intervals, slices, worst questions, a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from retrieval import metrics
from retrieval.errors import RunsDiffer
from retrieval.evaluation_run import EvaluatedQuestion, EvaluationRun, JudgedQuestion
from retrieval.figures import scores
from retrieval.significance import Difference, Estimate, compare, estimates
from retrieval.slices import Slice, slices

WORST = 20


Judged = TypeVar("Judged", bound=JudgedQuestion)


@dataclass(frozen=True, slots=True)
class MeasuredSlice:
    """A slice and its figures, by measure."""

    slice: Slice
    figures: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one: the questions of both in pairs (before, after), and what each measure gained."""

    before: EvaluationRun
    pairs: tuple[tuple[EvaluatedQuestion, EvaluatedQuestion], ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """What can be said of a run; `worst` are its questions that fare worst, the worst first."""

    run: EvaluationRun
    figures: dict[str, Estimate]
    slices: tuple[MeasuredSlice, ...]
    worst: tuple[EvaluatedQuestion, ...]
    comparison: Comparison | None


def analyse(run: EvaluationRun, before: EvaluationRun | None = None) -> Analysis:
    """All of it; compared with the earlier run, where there is one. Raises `RunsDiffer`."""
    return Analysis(
        run=run,
        figures=estimates(scores(run.questions, run.k)),
        slices=tuple(MeasuredSlice(part, estimates(scores(part.questions, run.k))) for part in slices(run)),
        worst=tuple(worst(run)),
        comparison=None if before is None else _compared(before, run),
    )


def worst(run: EvaluationRun, count: int = WORST) -> list[EvaluatedQuestion]:
    """Those whose first relevant document comes last or not at all, then those of which least was found.

    A question whose first document is a relevant one is never among them.
    """

    def rank_and_recall(one: EvaluatedQuestion) -> tuple[float, float, str]:
        return (
            metrics.reciprocal_rank(one.ranking, one.relevant, run.k),
            metrics.recall(one.ranking, one.relevant, run.k),
            one.id,
        )

    return sorted((one for one in run.questions if one.first_rank != 1), key=rank_and_recall)[:count]


def require_same_questions(before: EvaluationRun, questions: Sequence[JudgedQuestion], k: int) -> None:
    """Raises `RunsDiffer` unless an evaluation of these, k documents each, can be compared with the earlier run."""
    if before.k != k:
        raise RunsDiffer(f"elle lisait {before.k} documents par question, et celle-ci en lit {k} (option -k)")
    asked = [one for one in questions if one.relevant]
    if [_key(one) for one in _sorted(before.questions)] != [_key(one) for one in _sorted(asked)]:
        raise RunsDiffer(
            f"elle porte sur d’autres questions ({len(before.questions)}, contre {len(asked)} ici), "
            "ou les documents attendus ont changé"
        )


def _compared(before: EvaluationRun, after: EvaluationRun) -> Comparison:
    require_same_questions(before, after.questions, after.k)
    earlier, later = _sorted(before.questions), _sorted(after.questions)
    return Comparison(
        before=before,
        pairs=tuple(zip(earlier, later, strict=True)),
        differences=tuple(compare(scores(earlier, before.k), scores(later, after.k))),
    )


def _sorted(questions: Sequence[Judged]) -> list[Judged]:
    return sorted(questions, key=_key)


def _key(one: JudgedQuestion) -> tuple[str, str, list[str]]:
    return one.id, one.question, sorted(set(one.relevant))
