"""A chart of days: a bar a day, with the days named below, and lines beside them for what is a part of the bars."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ui.evaluation.canvas import WIDTH, Canvas
from ui.evaluation.plots import Caption

TICKS = 8  # days that are named below a chart


@dataclass(frozen=True, slots=True)
class DayBar:
    """A day's value, and what of it is told apart (in another colour, at the foot of the bar)."""

    day: dt.date
    value: float
    part: float = 0.0


def day_chart(caption: Caption, days: Sequence[DayBar], written: Callable[[float], str], part: str = "") -> Markup:
    """`written` says a value as people read it; `part` names what is told apart."""
    left, top, bottom, height = 64.0, 12.0, 190.0, 220.0
    most = max((day.value for day in days), default=0) or 1
    whole = all(float(day.value).is_integer() for day in days)
    canvas = Canvas(caption.name, height, caption.title, caption.description)
    step = (WIDTH - left) / len(days)
    for share in (0.0, 0.5, 1.0):
        y = bottom - (bottom - top) * share
        canvas.line("grid", left, y, WIDTH, y)
        if not whole or (most * share).is_integer():  # there is no half of a question
            canvas.words("tick", left - 8, y + 4, written(most * share), "end")
    for place, day in enumerate(days):
        x, rise = left + place * step, (bottom - top) * day.value / most
        hint = f"{day.day:%d/%m/%Y} : {written(day.value)}"
        if part:
            hint += f", {part} : {written(day.part)}"
        canvas.box("bar", x + step * 0.1, bottom - rise, step * 0.8, rise, hint)
        if day.part:
            foot = (bottom - top) * day.part / most
            canvas.box("part", x + step * 0.1, bottom - foot, step * 0.8, foot, hint)
        if place % max(1, len(days) // TICKS) == 0:
            canvas.words("tick", x + step / 2, bottom + 18, f"{day.day:%d/%m}", "middle")
    return canvas.drawn()
