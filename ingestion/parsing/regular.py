"""Tables that have one line in each column of each row, as most have: seen at once rather than line by line.

The rules are those of `rows`, and the rows are the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from ingestion.parsing.lines import BOTTOM, LEFT, RIGHT, TOP, Indexes, Lines, Marks, Numbers
from ingestion.parsing.rows import NEAR_ROW, SAME_SIZE, SLACK, Entries, Printed, Table

ROWS = 200  # looked at, at most


@dataclass(frozen=True, slots=True)
class Regular:
    """The first entries of the rows, the number of columns, and the boxes around the rows."""

    starts: Indexes
    columns: int
    boxes: Numbers

    @property
    def end(self) -> int:
        """After the last entry."""
        return int(self.starts[-1]) + self.columns


def regular(lines: Lines, printed: Printed, run: Sequence[Entries], following: Entries | None) -> Regular | None:
    """The table that these lines are, from the first on; nothing if it is of another kind, or goes on after them."""
    start, end = run[0]
    columns = end - start
    rows = sum(1 for _ in takewhile(lambda entries: entries[1] - entries[0] == columns, run[:ROWS]))
    boxes, size = lines.boxes[start : start + rows * columns].reshape(rows, columns, 4), lines.sizes[start]
    left, right = np.minimum.accumulate(boxes[:, :, LEFT]), np.maximum.accumulate(boxes[:, :, RIGHT])
    is_apart: Marks = np.logical_and.reduce(right[:, :-1] <= left[:, 1:], axis=1)
    meet = (boxes[1:, :, LEFT] < right[:-1]) & (left[:-1] < boxes[1:, :, RIGHT])
    gaps = (boxes[:-1, :, BOTTOM].min(axis=1) - boxes[1:, 0, TOP]) / size
    is_same = np.abs(lines.sizes[start : start + rows * columns : columns] - size) <= SAME_SIZE * size
    goes_on = is_apart[1:] & np.logical_and.reduce(meet, axis=1) & (gaps >= -SLACK) & (gaps <= NEAR_ROW) & is_same[1:]
    found = 1 + int(np.append(goes_on, False).argmin())
    if found < 2 or not is_apart[0]:
        return None
    starts = start + columns * np.arange(found)
    next_line = run[found] if found < len(run) else following
    if next_line is not None:
        known = list(zip(left[found - 1].tolist(), right[found - 1].tolist(), strict=True))
        if Table.at_rows(printed, known, starts[[0, -2, -1]].tolist()).takes(*next_line):
            return None
    around = np.concatenate([boxes[:found, :, :RIGHT].min(axis=1), boxes[:found, :, RIGHT:].max(axis=1)], axis=1)
    return Regular(starts, columns, around)
