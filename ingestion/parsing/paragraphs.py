"""Where a paragraph begins within an area."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ingestion.parsing.areas import Areas
from ingestion.parsing.lines import LEFT, RIGHT, Indexes, Marks

DOTS = 4  # lead on, at least
MANY = 4_096  # lines, whose characters are looked at together
FULL = 0.85  # of its area's width: beyond this a line is full, and its sentence goes on

_ITEM = re.compile(r"[•●○■□▪▫◦➢➔→✓✔❑❖·*−–—-]\s|\(?(?:\d{1,2}|[a-zA-Z])[).°]\s")
_DOT, _DOTS = map(ord, ".…")
_AFTER_NUMBER = [*map(ord, ").°")]
_LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}")


def begins(areas: Areas, is_row: Marks) -> Marks:
    """Lines that begin a paragraph: sentences go on; items of lists, rows and leaders stay apart."""
    texts, boxes = areas.lines.texts, areas.lines.boxes
    parts = [_signs(texts[n : n + MANY], areas.lengths[n : n + MANY]) for n in range(0, len(texts), MANY)]
    first, second, may_lead = map(np.concatenate, zip(*parts, strict=True))
    may_be_item = ~is_row & (~_are(str.isalpha, first) | np.isin(second, _AFTER_NUMBER))
    item = _such(texts, may_be_item, lambda text: _ITEM.match(text) is not None)
    leads = _such(texts, may_lead, leads_on)
    of_area = np.repeat(np.arange(len(areas.starts)), areas.ends - areas.starts)
    right, width = areas.boxes[:, RIGHT][of_area], (areas.boxes[:, RIGHT] - areas.boxes[:, LEFT])[of_area]
    full = boxes[:, RIGHT] > right - (1 - FULL) * width
    marks: Marks = np.ones(len(texts), bool)
    marks[1:] = is_row[1:] | is_row[:-1] | item[1:] | leads[:-1] | ~(_are(str.islower, first)[1:] | full[:-1])
    marks[areas.starts] = True
    return marks


def _signs(texts: Sequence[str], lengths: Indexes) -> tuple[NDArray[np.uint32], NDArray[np.uint32], Marks]:
    """The first and second characters of each text, and which have as many dots as lead on."""
    codes = np.frombuffer("\n".join([*texts, "\n"]).encode("utf-32-le", "surrogatepass"), np.uint32)
    places = np.cumsum(lengths + 1) - lengths - 1
    may_lead = (_counts(codes == _DOT, places) >= DOTS) | (_counts(codes == _DOTS, places) > 1)
    return codes[places], codes[places + 1], may_lead


def _are(kind: Callable[[str], bool], codes: NDArray[np.uint32]) -> Marks:
    """Which characters are of that kind."""
    such = [code for code in np.unique(codes).tolist() if kind(chr(code))]
    return np.isin(codes, such)


def _counts(marks: Marks, places: Indexes) -> Indexes:
    """How many of the characters marked are in each line, of those that begin at these places."""
    lines = places.searchsorted(np.flatnonzero(marks), "right") - 1
    return np.bincount(lines, minlength=len(places))


def _such(texts: Sequence[str], may_be: Marks, rule: Callable[[str], bool]) -> Marks:
    """Which texts the rule holds for, among those for which it may."""
    places = np.flatnonzero(may_be)
    marks = np.zeros(len(texts), bool)
    marks[places] = [rule(texts[place]) for place in places.tolist()]
    return marks


def leads_on(text: str) -> bool:
    """Whether dots lead the eye from its words to a number, as in a table of contents."""
    return (text.count(".") >= DOTS or "……" in text) and _LEADER.search(text) is not None
