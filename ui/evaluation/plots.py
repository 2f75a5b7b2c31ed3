"""The plots of an evaluation's report, each one an inline SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ui.evaluation.canvas import WIDTH, Canvas
from ui.evaluation.words import decimal, signed

LABELS = 230  # how far bars stand from the left, so that their labels have room
SHORT_LABELS = 110
LABEL_LENGTH = 36
ROW = 26
TICKS = (1, 2, 5, 10, 20, 50, 100)


@dataclass(frozen=True, slots=True)
class Caption:
    """What a plot is called in its page, and what it shows, in words."""

    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its interval, if it has one; `written` is how people read it."""

    label: str
    value: float
    written: str
    low: float | None = None
    high: float | None = None
    faint: bool = False


@dataclass(frozen=True, slots=True)
class Curve:
    """A value by depth, from 1."""

    label: str
    css: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Column:
    """How many, and how many there were before."""

    label: str
    count: int
    before: int | None
    css: str


def bars(caption: Caption, shown: Sequence[Bar], top: float) -> Markup:
    """Horizontal bars from 0 to `top`, whiskers for the intervals."""
    canvas = Canvas(caption.name, ROW * len(shown) + 8, caption.title, caption.description)
    width = WIDTH - LABELS - 70
    for row, bar in enumerate(shown):
        y = row * ROW + 4
        canvas.words("label", LABELS - 10, y + 15, _short(bar.label), "end")
        canvas.box("track", LABELS, y, width, ROW - 8)
        canvas.box("bar faint" if bar.faint else "bar", LABELS, y, width * bar.value / top, ROW - 8, bar.label)
        if bar.low is not None and bar.high is not None:
            _whisker(canvas, LABELS + width * bar.low / top, LABELS + width * bar.high / top, y + (ROW - 8) / 2)
        canvas.words("value", LABELS + width + 10, y + 15, bar.written)
    return canvas.drawn()


def curves(caption: Caption, shown: Sequence[Curve]) -> Markup:
    """Values between 0 and 1 by depth; the depth's scale is logarithmic, for the first documents count most."""
    left, right, top, bottom, height = 48.0, WIDTH - 16.0, 34.0, 250.0, 290.0
    canvas = Canvas(caption.name, height, caption.title, caption.description)
    depth = max(len(curve.values) for curve in shown)

    def across(k: int) -> float:
        return left + (right - left) * (math.log(k) / math.log(depth) if depth > 1 else 0.5)

    def up(value: float) -> float:
        return bottom - (bottom - top) * value

    for fifth in range(6):
        canvas.line("grid", left, up(fifth / 5), right, up(fifth / 5))
        canvas.words("tick", left - 8, up(fifth / 5) + 4, decimal(fifth / 5, 1), "end")
    for k in (tick for tick in TICKS if tick <= depth):
        canvas.line("grid", across(k), top, across(k), bottom)
        canvas.words("tick", across(k), bottom + 18, str(k), "middle")
    canvas.words("tick", (left + right) / 2, bottom + 36, "documents lus", "middle")
    for place, curve in enumerate(shown):
        canvas.polyline(f"curve {curve.css}", [(across(k), up(v)) for k, v in enumerate(curve.values, start=1)])
        x = left + place * (right - left) / len(shown)
        canvas.line(f"curve {curve.css}", x, 14, x + 26, 14)
        canvas.words("label", x + 32, 18, curve.label)
    return canvas.drawn()


def columns(caption: Caption, shown: Sequence[Column]) -> Markup:
    """Vertical bars with their counts; a mark says how high each was before."""
    top, bottom, height = 26.0, 190.0, 220.0
    canvas = Canvas(caption.name, height, caption.title, caption.description)
    most = max(max(one.count, one.before or 0) for one in shown) or 1
    step = WIDTH / len(shown)
    for place, one in enumerate(shown):
        x, rise = place * step + step * 0.14, (bottom - top) * one.count / most
        words_over = rise
        canvas.box(one.css, x, bottom - rise, step * 0.72, rise, f"{one.label} : {one.count}")
        if one.before is not None:
            before = (bottom - top) * one.before / most
            canvas.line("mark", x - 4, bottom - before, x + step * 0.72 + 4, bottom - before)
            words_over = max(rise, before)
        canvas.words("value", place * step + step / 2, bottom - words_over - 7, str(one.count), "middle")
        canvas.words("tick", place * step + step / 2, bottom + 18, one.label, "middle")
    canvas.line("axis", 0, bottom, WIDTH, bottom)
    return canvas.drawn()


def differences(caption: Caption, shown: Sequence[Bar]) -> Markup:
    """A dot and its interval on each line, left of the middle for a loss and right of it for a gain."""
    canvas = Canvas(caption.name, ROW * len(shown) + 34, caption.title, caption.description)
    reach = max([abs(end) for bar in shown for end in (bar.low or 0, bar.high or 0, bar.value)] + [0.01])
    half = (WIDTH - SHORT_LABELS - 80) / 2
    middle = SHORT_LABELS + half
    bottom = ROW * len(shown) + 4
    for end in (-reach, 0.0, reach):
        canvas.line("axis" if end == 0 else "grid", middle + half * end / reach, 0, middle + half * end / reach, bottom)
        canvas.words("tick", middle + half * end / reach, bottom + 18, signed(end), "middle")
    for row, bar in enumerate(shown):
        y = row * ROW + ROW / 2
        canvas.words("label", SHORT_LABELS - 24, y + 4, _short(bar.label), "end")
        if bar.low is not None and bar.high is not None:
            _whisker(canvas, middle + half * bar.low / reach, middle + half * bar.high / reach, y)
        canvas.dot("dot faint" if bar.faint else "dot", middle + half * bar.value / reach, y)
        canvas.words("value", WIDTH - 64, y + 4, bar.written)
    return canvas.drawn()


def gains(caption: Caption, values: Sequence[float]) -> Markup:
    """One thin bar a question, from the greatest gain to the greatest loss."""
    left, top, bottom, height = 48.0, 12.0, 200.0, 228.0
    canvas = Canvas(caption.name, height, caption.title, caption.description)
    reach = max([abs(value) for value in values] + [0.01])
    middle, half, step = (top + bottom) / 2, (bottom - top) / 2, (WIDTH - left) / len(values)
    for end in (reach, 0.0, -reach):
        canvas.line(
            "axis" if end == 0 else "grid", left, middle - half * end / reach, WIDTH, middle - half * end / reach
        )
        canvas.words("tick", left - 6, middle - half * end / reach + 4, signed(end), "end")
    for place, value in enumerate(sorted(values, reverse=True)):
        size = half * abs(value) / reach
        y = middle - size if value > 0 else middle
        canvas.box("gain" if value > 0 else "loss", left + place * step, y, max(step * 0.85, 0.4), size)
    canvas.words("tick", left, bottom + 22, "les questions, de celle qui gagne le plus…")
    canvas.words("tick", WIDTH, bottom + 22, "…à celle qui perd le plus", "end")
    return canvas.drawn()


def _whisker(canvas: Canvas, low: float, high: float, y: float) -> None:
    canvas.line("whisker", low, y, high, y)
    canvas.line("whisker", low, y - 4, low, y + 4)
    canvas.line("whisker", high, y - 4, high, y + 4)


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"
