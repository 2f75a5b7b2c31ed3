"""An evaluation of answers as one page for a browser, as that of a search is (`ui.evaluation.report`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from assistant import AnswersRun
from assistant.metrics import COMPARED, LESS_IS_BETTER, EvaluatedAnswer
from retrieval.slices import FEW
from ui.evaluation import words
from ui.evaluation.answers_words import FIGURES, MEANINGS
from ui.evaluation.comparing import Compared, answers_of_common, compared, said, worth
from ui.evaluation.output_file import REPORT_MARK
from ui.evaluation.plots import Bar, Caption, Column, bars, columns
from ui.pages import pages

HEADLINES = ("false_refusal", "refusal", "supported", "citation_recall")
WORST_SHOWN = 20
MOVED_SHOWN = 10

# What became of a question, whether that is well, and which ones it became of.
OUTCOMES: tuple[tuple[str, bool, Callable[[EvaluatedAnswer], bool]], ...] = (
    ("tout vérifié", True, lambda one: one.answerable and not one.refused and not one.unsupported),
    ("en partie vérifié", False, lambda one: one.answerable and not one.refused and one.unsupported > 0),
    ("refusées à tort", False, lambda one: one.answerable and one.refused),
    ("refusées à raison", True, lambda one: not one.answerable and one.refused),
    ("répondues à tort", False, lambda one: not one.answerable and not one.refused),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as it is read: of each set, of all, before, and what it gained."""

    name: str
    meaning: str
    values: list[str]
    before: str
    gain: str
    worse: bool


def answers_report_page(run: AnswersRun, questions: str, before: AnswersRun | None = None) -> str:
    """The page's HTML; `questions` names their file or set. With an earlier run, of the questions that both asked.

    Raises `RunsDiffer`.
    """
    moved = None
    if before:
        moved = compared(before, run)
        before, run = answers_of_common(before, run)
    sets = run.by_set if len(run.by_set) > 1 else {}
    worst = sorted((one for one in run.answers if worth(one) < 1), key=worth)
    return pages.get_template(
        "evaluation_answers.html"
    ).render(
        mark=Markup(REPORT_MARK),  # noqa: S704 (a constant)
        words=words,
        questions=questions,
        run=run,
        before=before,
        warnings=_warnings(run, moved),
        headlines=[(FIGURES[key].strip(), words.percent(run.figures[key])) for key in HEADLINES if key in run.figures],
        sets=[*sets],
        rows=_rows(run, sets, before),
        outcomes=_outcomes(run, before),
        outcomes_plot=_outcomes_plot(run, before),
        times_plot=_times_plot(run),
        moved=moved,
        moved_shown=MOVED_SHOWN,
        behind=len(worst),
        worst=[(one, said(one)) for one in worst[:WORST_SHOWN]],
    )


def _warnings(run: AnswersRun, moved: Compared | None) -> list[str]:
    told = []
    if len(run.answers) < FEW:
        told.append(
            f"Peu de questions ({len(run.answers)}) : d’autres donneraient peut-être des chiffres tout différents."
        )
    if moved and moved.left_out:
        told.append(f"Questions laissées de côté, que l’une des deux évaluations n’a pas posées : {moved.left_out}.")
    return told


def _rows(run: AnswersRun, sets: Mapping[str, Mapping[str, float]], before: AnswersRun | None) -> list[Row]:
    earlier = before.figures if before else {}
    shown = [*sets.values(), run.figures]
    return [_row(key, shown, earlier) for key in FIGURES if any(key in figures for figures in shown)]


def _row(key: str, shown: list[Mapping[str, float]], earlier: Mapping[str, float]) -> Row:
    now, was = shown[-1].get(key), earlier.get(key)
    gain = None if now is None or was is None else now - was
    better = -1 if key in LESS_IS_BETTER else 1
    return Row(
        name=FIGURES[key].strip(),
        meaning=MEANINGS[key],
        values=[_written(key, figures.get(key)) for figures in shown],
        before=_written(key, was),
        gain="–" if gain is None or key not in COMPARED else words.signed(gain),
        worse=gain is not None and key in COMPARED and gain * better < 0,
    )


def _written(key: str, value: float | None) -> str:
    if value is None:
        return "–"
    return words.milliseconds(value) if "_ms_" in key else words.percent(value)


def _outcomes(run: AnswersRun, before: AnswersRun | None) -> list[Column]:
    return [
        Column(
            label,
            sum(map(became, run.answers)),
            sum(map(became, before.answers)) if before else None,
            "column" if well else "miss",
        )
        for label, well, became in OUTCOMES
    ]


def _outcomes_plot(run: AnswersRun, before: AnswersRun | None) -> Markup:
    description = "Une colonne par issue ; en gris, ce qui n’est pas comme attendu."
    if before:
        description += " Un trait marque la hauteur dans l’évaluation comparée."
    return columns(Caption("issues", "Ce que sont devenues les questions", description), _outcomes(run, before))


def _times_plot(run: AnswersRun) -> Markup:
    shown = [
        Bar(name, run.figures[key], words.milliseconds(run.figures[key]))
        for key, name in FIGURES.items()
        if "_ms_" in key and key in run.figures
    ]
    description = "Une barre par temps : celui que la moitié des questions, puis 95 % d’entre elles, n’ont pas dépassé."
    top = max((bar.value for bar in shown), default=0) or 1
    return bars(Caption("temps", "Temps de recherche et de réponse", description), shown, top=top)
