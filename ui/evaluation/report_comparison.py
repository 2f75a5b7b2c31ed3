"""The part of an evaluation's report that compares it with an earlier one."""

from dataclasses import dataclass

from markupsafe import Markup

from retrieval import metrics
from retrieval.analysis import Comparison
from retrieval.evaluation_run import EvaluationRun
from retrieval.significance import Difference
from ui.evaluation import words
from ui.evaluation.plots import Bar, Caption, differences, gains

MOVED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """A question whose ranking gained or lost, with the rank of its first relevant document before and after."""

    question: str
    gain: float
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What the page shows of a comparison; `measure` is the one by which questions gain or lose."""

    before: EvaluationRun
    differences: tuple[Difference, ...]
    differences_plot: Markup
    measure: str
    gains_plot: Markup
    gained: list[Moved]
    lost: list[Moved]
    better: int
    worse: int
    equal: int


def comparison_view(comparison: Comparison) -> ComparisonView:
    """Of the questions those that moved most, either way."""
    depth = min(10, comparison.before.k)
    moved = [
        Moved(
            question=after.question,
            gain=metrics.ndcg(after.ranking, after.relevant, depth)
            - metrics.ndcg(before.ranking, before.relevant, depth),
            before=before.first_rank,
            after=after.first_rank,
        )
        for before, after in comparison.pairs
    ]
    gained = sorted((one for one in moved if one.gain > 0), key=lambda one: -one.gain)
    lost = sorted((one for one in moved if one.gain < 0), key=lambda one: one.gain)
    measure = words.measure_name(f"ndcg@{depth}")
    return ComparisonView(
        before=comparison.before,
        differences=comparison.differences,
        differences_plot=_differences_plot(comparison),
        measure=measure,
        gains_plot=gains(
            Caption("gains", f"Gain de chaque question ({measure})", "Une barre par question, triées par gain."),
            [one.gain for one in moved],
        ),
        gained=gained[:MOVED_SHOWN],
        lost=lost[:MOVED_SHOWN],
        better=len(gained),
        worse=len(lost),
        equal=len(moved) - len(gained) - len(lost),
    )


def _differences_plot(comparison: Comparison) -> Markup:
    description = "Un point par mesure, avec son intervalle à 95 % ; à droite du milieu, c’est mieux qu’avant."
    return differences(
        Caption("ecarts", "Écart de chaque mesure", description),
        [
            Bar(
                label=words.measure_name(one.measure),
                value=one.gain.mean,
                written=words.signed(one.gain.mean) + (" *" if one.significant else ""),
                low=one.gain.low,
                high=one.gain.high,
                faint=not one.significant,
            )
            for one in comparison.differences
        ],
    )
