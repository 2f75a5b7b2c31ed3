"""Page numbers, and what many pages say at their top or foot."""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from ingestion.parsing.lines import BOTTOM, TOP, Lines, Sheet

MARGIN = 0.12  # of the page's height, where running heads and feet stand

_PAGE_NUMBER = re.compile(r"[-–—|\s]*(?:p(?:age)?\.?\s*)?\d{1,4}(?:\s*(?:/|sur|de)\s*\d{1,4})?[-–—|\s]*", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


def margins(lines: Lines, sheets: Sequence[Sheet]) -> str:
    """What stands at the top or foot of pages, line by line, each said once."""
    return "\n".join(dict.fromkeys(lines.texts[index] for index in _in_margins(lines, sheets))) if len(lines) else ""


def _in_margins(lines: Lines, sheets: Sequence[Sheet]) -> list[int]:
    heights = np.array([sheet.height for sheet in sheets])[lines.sheets]
    margin = MARGIN * heights
    in_margin = (lines.boxes[:, BOTTOM] > heights - margin) | (lines.boxes[:, TOP] < margin)
    indexes: list[int] = np.flatnonzero(in_margin).tolist()
    return indexes


def without_running_heads(lines: Lines, sheets: Sequence[Sheet]) -> Lines:
    """Page numbers go, and all but the first of the lines that many pages have at their top or foot."""
    indexes = _in_margins(lines, sheets)
    shapes = [_DIGITS.sub("0", lines.texts[index]).casefold() for index in indexes]
    pages = Counter(shape for _, shape in {*zip(lines.sheets[indexes].tolist(), shapes, strict=True)})
    often = max(3, 0.4 * len(sheets))
    said: set[str] = set()
    dropped: list[int] = []
    for index, shape in zip(indexes, shapes, strict=True):
        if shape in said or _PAGE_NUMBER.fullmatch(lines.texts[index]):
            dropped.append(index)
        elif pages[shape] >= often:
            said.add(shape)
    return lines.taken(np.delete(np.arange(len(lines)), dropped)) if dropped else lines
