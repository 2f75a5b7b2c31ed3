"""The charts of the dashboard, each with the table of its figures for those who do not see it."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from assistant.figure_sums import DaySums, FigureReport, Sums
from ui.console.dashboard_tiles import energy, minutes
from ui.day_chart import DayBar, day_chart
from ui.evaluation.plots import Caption
from ui.figures import Estimates
from ui.pages import french_date, number

MOST_BARS = 92  # more days are told by the week


@dataclass(frozen=True, slots=True)
class Chart:
    """`rows` are the drawing's own figures: when, and what; those of nothing are left out."""

    title: str
    drawing: Markup
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def charts(report: FigureReport, estimates: Estimates) -> list[Chart]:
    """Questions with refusals, doubtful answers, opinions, and where they are known energy and time saved."""
    told, by = _gathered(report.days)
    drawn = [
        _chart("questions", f"Questions et tâches par {by}", told, lambda sums: sums.asked, _whole, "refus", _refused),
        _chart("avis", f"Avis par {by}", told, _opinions, _whole, "pouces baissés", lambda sums: sums.useless),
        _chart("doutes", f"Réponses avec une phrase non confirmée par {by}", told, lambda sums: sums.doubtful, _whole),
    ]
    if estimates.energy_kwh(report.now.sums) is not None:
        drawn.append(
            _chart("energie", f"Énergie par {by}", told, lambda sums: estimates.energy_kwh(sums) or 0.0, energy)
        )
    if report.now.sums.told:
        title = f"Temps gagné déclaré par {by}"
        drawn.append(_chart("temps", title, told, lambda sums: sums.saved_minutes, minutes))
    return drawn


def _chart(
    name: str,
    title: str,
    days: Sequence[DaySums],
    of: Callable[[Sums], float],
    written: Callable[[float], str],
    part: str = "",
    part_of: Callable[[Sums], float] = lambda _: 0,
) -> Chart:
    shown = [DayBar(one.day, of(one.sums), part_of(one.sums)) for one in days]
    most = max(one.value for one in shown)
    said = f"Du {_written(days[0].day)} au {_written(days[-1].day)}, {written(most)} au plus."
    rows = [
        [_written(one.day), written(one.value), *([written(one.part)] if part else [])] for one in shown if one.value
    ]
    columns = ["À partir du" if len(days) > 1 and (days[1].day - days[0].day).days > 1 else "Jour", "En tout"]
    drawing = day_chart(Caption(name, title, said), shown, written, part)
    return Chart(title, drawing, [*columns, *([part.capitalize()] if part else [])], rows)


def _gathered(days: Sequence[DaySums]) -> tuple[Sequence[DaySums], str]:
    """The days, or their weeks where there are too many for a chart; and which of both."""
    if len(days) <= MOST_BARS:
        return days, "jour"
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    return [DaySums(week[0].day, Sums.total(one.sums for one in week)) for week in weeks], "semaine"


def _refused(sums: Sums) -> int:
    return sums.refused


def _opinions(sums: Sums) -> int:
    return sums.useful + sums.useless


def _whole(value: float) -> str:
    return number(round(value))


def _written(day: dt.date) -> str:
    return french_date(day)
