"""An evaluation as one page for a browser: plots with their tables, nothing from elsewhere, fit to be printed."""

from dataclasses import dataclass

from markupsafe import Markup

from retrieval import Analysis, metrics
from retrieval.analysis import MeasuredSlice
from retrieval.evaluation_run import EvaluatedQuestion, EvaluationRun
from retrieval.slices import Axis
from ui.evaluation import words
from ui.evaluation.output_file import REPORT_MARK
from ui.evaluation.plots import TICKS, Bar, Caption, Column, Curve, bars, columns, curves
from ui.evaluation.report_comparison import ComparisonView, comparison_view
from ui.pages import pages

HEADLINES = ("success@1", "success@5", "recall@20", "ndcg@10")
RANKS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 100))
PERCENTILES = (50, 75, 90, 95, 99, 100)
FOUND_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Part:
    """The slices of one axis, and their plot."""

    heading: str
    measure: str
    plot: Markup
    slices: list[MeasuredSlice]


@dataclass(frozen=True, slots=True)
class _Worst:
    """A question, the documents that answer it with their ranks, and the first ones found."""

    question: EvaluatedQuestion
    where: str
    relevant: list[tuple[str, int | None]]
    found: list[tuple[str, bool]]


def report_page(analysis: Analysis, questions: str) -> str:
    """The page's HTML; `questions` is the name of their file."""
    run = analysis.run
    before = analysis.comparison.before if analysis.comparison else None
    return pages.get_template("evaluation.html").render(
        mark=Markup(REPORT_MARK),  # noqa: S704 (a constant)
        words=words,
        questions=questions,
        run=run,
        warnings=words.warnings(run, before),
        headlines=[name for name in HEADLINES if name in analysis.figures],
        figures=analysis.figures,
        depths=[k for k in TICKS if k <= run.k],
        recalls=_mean_by_depth(run, metrics.recall),
        successes=_mean_by_depth(run, metrics.success),
        curve=_curve(run, before),
        ranks=_ranks(run, before),
        ranks_plot=_ranks_plot(run, before),
        parts=_parts(analysis),
        latencies=_latencies(run),
        latency_plot=_latency_plot(run),
        comparison=_comparison(analysis),
        behind=sum(one.first_rank != 1 for one in run.questions),
        worst=[_worst(run, one) for one in analysis.worst],
    )


def _comparison(analysis: Analysis) -> ComparisonView | None:
    return comparison_view(analysis.comparison) if analysis.comparison else None


def _mean_by_depth(run: EvaluationRun, measure: metrics.Measure) -> list[float]:
    """The measure's mean for each depth from 1 to that of the run."""
    judged = [(one.ranking, one.relevant) for one in run.questions]
    return [
        sum(measure(ranking, relevant, k) for ranking, relevant in judged) / len(judged) for k in range(1, run.k + 1)
    ]


def _curve(run: EvaluationRun, before: EvaluationRun | None) -> Markup:
    shown = [
        Curve("Succès", "one", _mean_by_depth(run, metrics.success)),
        Curve("Rappel", "two", _mean_by_depth(run, metrics.recall)),
    ]
    if before:
        shown += [
            Curve("Succès avant", "one before", _mean_by_depth(before, metrics.success)),
            Curve("Rappel avant", "two before", _mean_by_depth(before, metrics.recall)),
        ]
    description = "Deux courbes qui montent avec le nombre de documents lus ; le tableau donne leurs valeurs."
    return curves(Caption("courbe", "Rappel et succès selon le nombre de documents lus", description), shown)


def _ranks(run: EvaluationRun, before: EvaluationRun | None) -> list[Column]:
    now, then = _counted(run), _counted(before) if before else {}
    return [
        Column(label, number, then.get(label) if before else None, "miss" if label == "non trouvé" else "column")
        for label, number in now.items()
    ]


def _counted(run: EvaluationRun) -> dict[str, int]:
    """By rank of the first relevant document, how many questions."""
    spans = [(first, min(last, run.k)) for first, last in RANKS if first <= run.k]
    found = [one.first_rank for one in run.questions]
    counted = {
        str(first) if first == last else f"{first} à {last}": sum(first <= (rank or 0) <= last for rank in found)
        for first, last in spans
    }
    return counted | {"non trouvé": sum(rank is None for rank in found)}


def _ranks_plot(run: EvaluationRun, before: EvaluationRun | None) -> Markup:
    description = "Une colonne par rang ; la dernière compte les questions sans document attendu trouvé."
    if before:
        description += " Un trait marque la hauteur dans l’évaluation comparée."
    return columns(Caption("rangs", "Rang du premier document attendu", description), _ranks(run, before))


def _parts(analysis: Analysis) -> list[_Part]:
    measure = next(name for name in ("ndcg@10", "recall@5", "recall@1") if name in analysis.figures)
    return [
        _Part(words.AXES[axis], words.measure_name(measure), _slice_plot(axis, measure, shown), shown)
        for axis in Axis
        if (shown := [one for one in analysis.slices if one.slice.axis is axis])
    ]


def _slice_plot(axis: Axis, measure: str, shown: list[MeasuredSlice]) -> Markup:
    title = f"{words.AXES[axis]} : {words.measure_name(measure)}"
    description = "Une barre par groupe, avec son intervalle à 95 %. Les groupes de peu de questions sont plus clairs."
    return bars(
        Caption(f"groupe-{axis.value}", title, description),
        [
            Bar(
                label=f"{words.slice_name(one.slice)} ({len(one.slice.questions)})",
                value=one.figures[measure].mean,
                written=words.decimal(one.figures[measure].mean),
                low=one.figures[measure].low,
                high=one.figures[measure].high,
                faint=one.slice.few,
            )
            for one in shown
        ],
        top=1,
    )


def _latencies(run: EvaluationRun) -> list[tuple[str, float]]:
    values = [one.latency_ms for one in run.questions]
    names = {50: "médiane", 100: "la plus lente"}
    return [(names.get(p, f"{p} % des questions"), metrics.percentile(values, p / 100)) for p in PERCENTILES]


def _latency_plot(run: EvaluationRun) -> Markup:
    shown = [Bar(label, value, words.milliseconds(value)) for label, value in _latencies(run)]
    description = "Une barre par part des questions : le temps que la recherche n’a pas dépassé pour elles."
    return bars(Caption("temps", "Temps de recherche", description), shown, top=max(bar.value for bar in shown) or 1)


def _worst(run: EvaluationRun, one: EvaluatedQuestion) -> _Worst:
    ranks = {id_: rank for rank, id_ in enumerate(one.ranking, start=1)}
    return _Worst(
        question=one,
        where=words.first_rank(one, run.k),
        relevant=sorted(
            ((words.title(run, id_), ranks.get(id_)) for id_ in one.relevant),
            key=lambda item: (item[1] is None, item[1] or 0, item[0]),
        ),
        found=[(words.title(run, id_), id_ in one.relevant) for id_ in one.ranking[:FOUND_SHOWN]],
    )
