"""Lines on paper to headings and paragraphs in reading order.

Pure geometry: running heads go, entries side by side become rows or columns, neighbouring lines become
areas, areas are put in reading order; the lines of each become paragraphs, and larger or bold ones
headings. Where it can be, a rule is asked of all lines of the document at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise

import numpy as np

from ingestion.parsing.areas import Areas
from ingestion.parsing.headings import heading_levels, largest
from ingestion.parsing.hyphens import Hyphens
from ingestion.parsing.lines import BOTTOM, HYPHEN, LEFT, Indexes, Lines, Sheet
from ingestion.parsing.outline import Heading, Paragraph
from ingestion.parsing.paragraphs import begins
from ingestion.parsing.running_heads import without_running_heads
from ingestion.parsing.tables import with_rows
from retrieval.corpus import Box

_box = partial(tuple.__new__, Box)  # as `Box._make`, of which a document needs one a line


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader reads, in the order in which they read it; `largest` is what stands out on the first page."""

    items: list[Heading | Paragraph]
    largest: str


def read(sheets: Sequence[Sheet], lines: Lines) -> Reading:
    """Headings and paragraphs; `lines` are in the order of the file."""
    lines = without_running_heads(_printed_once(lines), sheets)
    if not lines:
        return Reading([], "")
    lines, first_rows = with_rows(lines)
    areas = Areas.of(lines, first_rows >= 0)
    title = largest(areas)
    return Reading([*_items(areas, first_rows.tolist(), sheets)], title)


def _items(areas: Areas, first_rows: list[int], sheets: Sequence[Sheet]) -> Iterator[Heading | Paragraph]:
    lines = areas.lines
    texts, hyphens, boxes = lines.texts, Hyphens(lines.texts), _on_page(lines, sheets)
    levels = heading_levels(areas)
    starts = np.flatnonzero(begins(areas, np.array(first_rows) >= 0))
    line_starts = _line_starts(areas.lengths, starts)
    firsts = np.append(np.searchsorted(starts, areas.starts), len(starts)).tolist()
    paragraphs = [*starts.tolist(), len(lines)]
    bounds = list(zip(areas.starts.tolist(), areas.ends.tolist(), strict=True))
    for area in areas.in_reading_order():
        start, end = bounds[area]
        level = levels.get(area)
        if level is not None:
            text = "".join(_parts(texts[start:end], hyphens)).rstrip()
            yield Heading(text, level, boxes[start].page, boxes[start:end])
            continue
        for start, end in pairwise(paragraphs[firsts[area] : firsts[area + 1] + 1]):
            text, begun = " ".join(texts[start:end]), line_starts[start:end]
            if HYPHEN in text:
                parts = _parts(texts[start:end], hyphens)
                text = "".join(parts).rstrip()
                begun = tuple(accumulate([len(part) for part in parts[:-1]], initial=0))
            first_row = first_rows[start]
            header = texts[first_row] if 0 <= first_row < start else ""
            yield Paragraph(text, boxes[start].page, header, boxes[start:end], begun)


def _line_starts(lengths: Indexes, starts: Indexes) -> tuple[int, ...]:
    """Where each line begins in its paragraph, of which `starts` are the first lines; a blank is between two lines."""
    places = np.cumsum(lengths + 1) - lengths - 1
    found: list[int] = (places - np.repeat(places[starts], np.diff(starts, append=len(lengths)))).tolist()
    return tuple(found)


def _parts(lines: list[str], hyphens: Hyphens) -> list[str]:
    """The lines as they are written one after the other."""
    return [hyphens.before(line, following) for line, following in pairwise([*lines, ""])]


def _printed_once(lines: Lines) -> Lines:
    """Bold print made by printing twice in almost one place counts once."""
    left, bottom = np.round(lines.boxes[:, [LEFT, BOTTOM]].T / 2)
    places = (lines.sheets * 1e4 + left) * 1e4 + bottom
    if len(np.unique(places)) == len(lines):
        return lines
    printed = [*zip(lines.texts, places.tolist(), strict=True)]
    firsts = dict(zip(reversed(printed), reversed(range(len(printed))), strict=True))
    return lines.taken(np.sort([*firsts.values()]))


def _on_page(lines: Lines, sheets: Sequence[Sheet]) -> tuple[Box, ...]:
    """The lines' boxes as shares of their pages, from the top left corner."""
    numbers = np.array([sheet.number for sheet in sheets])[lines.sheets]
    extents = np.array([(sheet.width, sheet.height) for sheet in sheets])[lines.sheets]
    left, bottom, right, top = (np.clip(lines.boxes / np.tile(extents, 2), 0, 1)).T
    shares = [np.round(share, 4).tolist() for share in (left, 1 - top, right, 1 - bottom)]
    return tuple(map(_box, zip(numbers.tolist(), *shares, strict=True)))
