"""Where a paragraph begins within an area."""

import re

import numpy as np

from ingestion.parsing.areas import Areas
from ingestion.parsing.lines import LEFT, RIGHT, Marks

FULL = 0.85  # of its area's width: beyond this a line is full, and its sentence goes on

_ITEM = re.compile(r"[•●○■□▪▫◦➢➔→✓✔❑❖·*−–—-]\s|\(?(?:\d{1,2}|[a-zA-Z])[).°]\s")
_AFTER_NUMBER = frozenset(").°")
_LEADER = re.compile(r"(?:\.\s?){4,}|…{2,}")


def begins(areas: Areas, is_row: Marks) -> Marks:
    """Lines that begin a paragraph: sentences go on; items of lists, rows and leaders stay apart."""
    texts, boxes = areas.lines.texts, areas.lines.boxes
    small = np.array([text[0].islower() for text in texts])
    item = np.array([(not text[0].isalpha() or text[1:2] in _AFTER_NUMBER) and _is_item(text) for text in texts])
    leads = np.array([(text.count(".") > 3 or "……" in text) and _leads_on(text) for text in texts])
    of_area = np.repeat(np.arange(len(areas.starts)), areas.ends - areas.starts)
    right, width = areas.boxes[:, RIGHT][of_area], (areas.boxes[:, RIGHT] - areas.boxes[:, LEFT])[of_area]
    full = boxes[:, RIGHT] > right - (1 - FULL) * width
    marks: Marks = np.ones(len(texts), bool)
    marks[1:] = is_row[1:] | is_row[:-1] | item[1:] | leads[:-1] | ~(small[1:] | full[:-1])
    marks[areas.starts] = True
    return marks


def _is_item(text: str) -> bool:
    return _ITEM.match(text) is not None


def _leads_on(text: str) -> bool:
    return _LEADER.search(text) is not None
