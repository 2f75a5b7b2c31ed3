"""Rows of a table on a page, by where their entries stand: a cell may have several lines.

A file draws a table row by row, and in a row cell by cell; so whatever goes back to the left, or on far
below, begins a new row.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Self

from ingestion.parsing.lines import BOTTOM, LEFT, RIGHT, TOP, Lines

SAME_SIZE = 0.08
# Times the size of print:
NEAR_LINE = 0.5  # from line to line in a cell
NEAR_ROW, FAR_ROW = 3.0, 8.0  # from row to row, and to one that begins exactly where others do
NEAR_TEXT, FAR_TEXT = 2.0, 5.0  # the same for one entry alone, which could be text under the table
HIGHER = 3.0  # by how much a cell of more lines begins above the one to its left
SLACK = 0.5
EXACTLY = 1.0  # points

Extent = tuple[float, float]
Entries = tuple[int, int]  # of one line: the first, and the one after the last


class Printed:
    """What `Lines` says, as lists: numbers are looked at one by one here."""

    def __init__(self, lines: Lines) -> None:
        self.texts = lines.texts
        self.boxes: list[list[float]] = lines.boxes.tolist()
        self.sizes: list[float] = lines.sizes.tolist()
        self.sheets: list[int] = lines.sheets.tolist()
        self.bold: list[bool] = lines.bold.tolist()
        self.beside: list[bool] = lines.beside.tolist()


class Row:
    """Line numbers of each cell, by column; `last` is the column of the line that came last."""

    def __init__(self) -> None:
        self.left = self.bottom = math.inf
        self.right = self.top = -math.inf
        self.last = 0
        self.cells: dict[int, list[int]] = {}

    def add(self, column: int, index: int, box: list[float]) -> None:
        """One more line of that cell."""
        self.cells.setdefault(column, []).append(index)
        self.last = column
        left, bottom, right, top = box
        self.left, self.bottom = min(self.left, left), min(self.bottom, bottom)
        self.right, self.top = max(self.right, right), max(self.top, top)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Around all its lines."""
        return self.left, self.bottom, self.right, self.top

    @property
    def lines(self) -> list[int]:
        """All its lines, cell by cell."""
        return [index for cell in self.cells.values() for index in cell]


class Table:
    """Rows so far; it begins with the entries of one line."""

    def __init__(self, printed: Printed, start: int, end: int) -> None:
        self._printed, self._boxes = printed, printed.boxes
        self._size, self._sheet = printed.sizes[start], printed.sheets[start]
        self._columns = self._extents(start, end)
        self.rows: list[Row] = []
        self._add_row(start, list(range(end - start)))

    @classmethod
    def at_rows(cls, printed: Printed, columns: list[Extent], starts: Sequence[int]) -> Self:
        """The table when it has come to the last two of these rows, each with one line in each column."""
        width = len(columns)
        first, above, last = starts
        table = cls(printed, first, first + width)
        table.rows = []
        table._columns = columns
        for start in (above, last):
            table._add_row(start, list(range(width)))
        return table

    def takes(self, start: int, end: int) -> bool:
        """Whether the entries of this line belong to the table, to which they are added then."""
        sizes, size = self._printed.sizes, self._size
        if self._printed.sheets[start] != self._sheet or abs(sizes[start] - size) > SAME_SIZE * size:
            return False
        columns = self._places(start, end)
        if columns is None:
            return False
        if self._is_same_row(start, columns):
            self._add(self.rows[-1], start, columns)
        elif self._is_next_row(start, columns):
            self._add_row(start, columns)
        else:
            return False
        return True

    def without_end(self) -> list[Row]:
        """The rows without the last ones that have one cell only: those are text under the table."""
        rows = self.rows
        while len(rows) > 1 and len(rows[-1].cells) == 1:
            rows = rows[:-1]
        return rows

    def _is_same_row(self, start: int, columns: list[int]) -> bool:
        """Whether it is the next line of a cell, or a cell to its right."""
        row, size, (_, bottom, _, top) = self.rows[-1], self._size, self._boxes[start]
        if columns[0] == row.last:
            return abs(self._boxes[row.cells[row.last][-1]][BOTTOM] - top) <= NEAR_LINE * size
        if columns[0] <= row.last:
            return False
        above = self.rows[-2].bottom if len(self.rows) > 1 else row.top + HIGHER * size
        return row.bottom < top <= above + SLACK * size and bottom < row.top + HIGHER * size

    def _is_next_row(self, start: int, columns: list[int]) -> bool:
        """Whether it stands near below the row; a bold line alone is a heading."""
        gap = (self.rows[-1].bottom - self._boxes[start][TOP]) / self._size
        if len(columns) == 1 and self._printed.bold[start]:
            return False
        near, far = (NEAR_TEXT, FAR_TEXT) if len(columns) == 1 else (NEAR_ROW, FAR_ROW)
        return -SLACK <= gap <= near or (near < gap <= far and self._is_aligned(start, columns))

    def _is_aligned(self, start: int, columns: list[int]) -> bool:
        lefts = [box[LEFT] for box in self._boxes[start : start + len(columns)]]
        return all(abs(left - self._columns[column][0]) < EXACTLY for column, left in zip(columns, lefts, strict=True))

    def _add_row(self, start: int, columns: list[int]) -> None:
        self.rows.append(Row())
        self._add(self.rows[-1], start, columns)

    def _add(self, row: Row, start: int, columns: list[int]) -> None:
        known = self._columns
        for index, column in enumerate(columns, start):
            box = self._boxes[index]
            row.add(column, index, box)
            left, right = known[column]
            if box[LEFT] < left or box[RIGHT] > right:
                wider = (min(box[LEFT], left), max(box[RIGHT], right))
                if sum(_meet(wider, other) for other in known) < 2:
                    known[column] = wider

    def _places(self, start: int, end: int) -> list[int] | None:
        """The column of each entry, from left to right; None if they do not stand in columns of this table."""
        extents, known = self._extents(start, end), self._columns
        in_turn = list(range(end - start))
        if len(extents) == len(known) and all(map(_meet, extents, known)):
            return in_turn
        if len(extents) > len(known):
            return in_turn if self._widened(extents) else None
        if extents[0][0] > known[-1][1] and self._boxes[start][TOP] > self.rows[-1].bottom:
            self._columns = [*known, *extents]
            return list(range(len(known), len(self._columns)))
        columns: list[int] = []
        for extent in extents:
            met = [column for column, other in enumerate(known) if _meet(extent, other)]
            if len(met) > 1 and len(extents) == 1:
                return None
            columns.append(met[0] if met else self._nearest(extent))
        return columns if all(one < other for one, other in pairwise(columns)) else None

    def _widened(self, extents: list[Extent]) -> bool:
        """Take these for the columns, if what is there can be placed in them."""
        places = [[column for column, extent in enumerate(extents) if _meet(known, extent)] for known in self._columns]
        firsts = [met[0] for met in places if met]
        if len(firsts) < len(places) or firsts != sorted(set(firsts)):
            return False
        for row in self.rows:
            row.cells = {firsts[column]: cell for column, cell in row.cells.items()}
            row.last = firsts[row.last]
        self._columns = extents
        return True

    def _nearest(self, extent: Extent) -> int:
        middle = sum(extent)
        return min(range(len(self._columns)), key=lambda column: abs(sum(self._columns[column]) - middle))

    def _extents(self, start: int, end: int) -> list[Extent]:
        return [(box[LEFT], box[RIGHT]) for box in self._boxes[start:end]]


def _meet(one: Extent, other: Extent) -> bool:
    return one[0] < other[1] and other[0] < one[1]
