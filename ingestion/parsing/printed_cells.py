"""Lines that an engine read straight across a table, put in the order in which files have them: cell by cell.

What wide gaps part are entries. A line with fewer entries than the row above, close under it and each below one
of its cells, goes on in those cells.
"""

from collections.abc import Iterator, Sequence
from statistics import median

from ingestion.parsing.ocr import PrintedLine

NEXT_LINE = 1.75  # times the usual height of a line, from middle to middle: farther is another row

Entries = list[PrintedLine]


def cell_by_cell(lines: Sequence[Entries]) -> tuple[list[PrintedLine], list[bool]]:
    """The entries of all lines, and which of them stand on one line with the entry before."""
    if not lines:
        return [], []
    height = median(entry.bottom - entry.top for line in lines for entry in line)
    found: list[PrintedLine] = []
    beside: list[bool] = []
    for row in _rows(lines, NEXT_LINE * height):
        for place, cell in enumerate(row):
            found += cell
            beside += [place > 0 and len(row[place - 1]) == 1, *[False] * (len(cell) - 1)]
    return found, beside


def _rows(lines: Sequence[Entries], pitch: float) -> Iterator[list[Entries]]:
    """Each with the lines of its cells."""
    row: list[Entries] = []
    above: Entries = []
    for line in lines:
        places = _under(line, row)
        if 1 < len(row) > len(line) and places is not None and _middle(line) - _middle(above) <= pitch:
            for place, entry in zip(places, line, strict=True):
                row[place].append(entry)
        else:
            if row:
                yield row
            row = [[entry] for entry in line]
        above = line
    yield row


def _under(line: Entries, row: list[Entries]) -> list[int] | None:
    """The cell above each entry; None if one is below none, or below several."""
    places: list[int] = []
    for entry in line:
        met = [
            place
            for place, cell in enumerate(row)
            if any(entry.left < other.right and other.left < entry.right for other in cell)
        ]
        if len(met) != 1:
            return None
        places += met
    return places if len({*places}) == len(places) else None


def _middle(line: Entries) -> float:
    return median((entry.top + entry.bottom) / 2 for entry in line)
