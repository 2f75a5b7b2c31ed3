"""What `assistant evaluate --answers` shows at a terminal."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from assistant import AnswersRun
from assistant.metrics import EvaluatedAnswer, Fall
from ui.evaluation import words
from ui.evaluation.answers_words import FIGURES

WORST_SHOWN = 5

out = Console(highlight=False, soft_wrap=True, markup=False)


def figure_name(key: str) -> str:
    """The figure in French."""
    return FIGURES[key].strip()


def print_answers(run: AnswersRun, before: AnswersRun | None) -> None:
    """Figures by set and of all, what they were before, and the questions that fare worst."""
    table = Table(box=None, header_style="bold")
    by_set = run.by_set
    earlier = before.figures if before else {}
    names = [*(by_set if len(by_set) > 1 else ()), "Ensemble", *(["Avant"] if before else [])]
    for column in (f"{len(run.answers)} questions, {run.model}", *names):
        table.add_column(column, no_wrap=True)
    columns = [*(by_set.values() if len(by_set) > 1 else ()), run.figures, *([earlier] if before else [])]
    for key, label in FIGURES.items():
        if any(key in figures for figures in columns):
            table.add_row(label, *(_written(key, figures) for figures in columns))
    out.print(table)
    _print_worst(run.answers)


def print_falls(falls: Sequence[Fall], margin: float) -> None:
    """Which figures fell by more than the margin."""
    for fall in falls:
        out.print(
            f"Recul de plus de {words.percent(margin)} : {figure_name(fall.figure)}, "
            f"de {words.percent(fall.before)} à {words.percent(fall.after)}.",
            style="red",
        )


def _written(key: str, figures: Mapping[str, float]) -> str:
    if key not in figures:
        return "–"
    return words.milliseconds(figures[key]) if "_ms_" in key else words.percent(figures[key])


def _print_worst(answers: Sequence[EvaluatedAnswer]) -> None:
    answered = [one for one in answers if not one.refused]
    kinds = {
        "Répondues, alors qu’aucun document ne répond": [one for one in answered if not one.answerable],
        "Refusées à tort": [one for one in answers if one.refused and one.answerable],
        "Citées d’après d’autres documents que les attendus": [
            one for one in answered if one.answerable and not one.precision
        ],
        "Aux phrases les moins vérifiées": sorted(
            (one for one in answered if one.unsupported), key=lambda one: -one.unsupported
        ),
    }
    for title, cases in kinds.items():
        if cases:
            out.print(f"\n{title} ({len(cases)})", style="bold")
        for one in cases[:WORST_SHOWN]:
            out.print(f"  {one.question}")
            out.print(f"    {' '.join(one.text.split())[:200]}", style="dim")
