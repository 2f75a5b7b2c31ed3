"""What `assistant evaluate` shows at a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from retrieval import Analysis
from retrieval.analysis import Comparison, MeasuredSlice
from retrieval.evaluation_run import EvaluationRun
from retrieval.figures import latencies
from retrieval.slices import Axis
from ui.evaluation import words

WORST_SHOWN = 5
IN_SLICES = ("recall@20", "success@10", "ndcg@10")

out = Console(highlight=False, soft_wrap=True, markup=False)


def print_analysis(analysis: Analysis, written: Sequence[str]) -> None:
    """Figures with their intervals, slices, the comparison, and the questions that fare worst."""
    run, comparison = analysis.run, analysis.comparison
    for warning in words.warnings(run, comparison.before if comparison else None):
        out.print(warning, style="yellow")
    table = _table(f"{len(run.questions)} questions", "Valeur", "Intervalle à 95 %")
    for name, figure in analysis.figures.items():
        table.add_row(words.measure_name(name), words.decimal(figure.mean), words.interval(figure))
    for name, value in latencies(run.questions).items():
        table.add_row(f"Temps, {name.rpartition('_')[2]}", words.milliseconds(value), "")
    out.print(table)
    _print_slices(analysis.slices)
    if comparison:
        _print_comparison(comparison)
    _print_worst(analysis)
    for path in written:
        out.print(f"Écrit : {path}", style="dim")


def _print_slices(slices: Sequence[MeasuredSlice]) -> None:
    shown = [name for name in IN_SLICES if name in slices[0].figures]
    table = _table("Par groupe", "Questions", *map(words.measure_name, shown))
    for axis in Axis:
        parts = [one for one in slices if one.slice.axis is axis]
        if parts:
            table.add_row(words.AXES[axis], style="dim")
        for one in parts:
            table.add_row(
                f"  {words.slice_name(one.slice)}",
                f"{len(one.slice.questions)}{' (peu)' if one.slice.few else ''}",
                *(words.decimal(one.figures[name].mean) for name in shown),
            )
    out.print()
    out.print(table)


def _print_comparison(comparison: Comparison) -> None:
    table = _table("Comparé", "Avant", "Après", "Écart", "À 95 %", "p de Holm", "Questions")
    for one in comparison.differences:
        table.add_row(
            words.measure_name(one.measure),
            words.decimal(one.before),
            words.decimal(one.after),
            words.signed(one.gain.mean),
            words.interval(one.gain, sign=True),
            words.p_value(one.p_holm) + (" *" if one.significant else ""),
            f"+{one.better} −{one.worse}",
        )
    out.print()
    out.print(table)
    out.print(words.SIGNIFICANCE, style="dim")


def _print_worst(analysis: Analysis) -> None:
    if not analysis.worst:
        return
    out.print("\nQuestions les moins bien servies", style="bold")
    for one in analysis.worst[:WORST_SHOWN]:
        out.print(f"  {one.question} ({words.first_rank(one, analysis.run.k)})")
        out.print(f"    Attendu : {_titles(analysis.run, sorted(one.relevant)[:3])}", style="dim")
        out.print(f"    Trouvé : {_titles(analysis.run, one.ranking[:3])}", style="dim")


def _titles(run: EvaluationRun, ids: Sequence[str]) -> str:
    return " ; ".join(words.title(run, id_) for id_ in ids) or "rien"


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table
