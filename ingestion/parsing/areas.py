"""Runs of neighbouring lines of one size: what a reader sees as one block of print."""

from dataclasses import dataclass

import numpy as np

from ingestion.parsing.lines import BOTTOM, LEFT, RIGHT, TOP, Indexes, Lines, Marks, Numbers
from ingestion.parsing.reading_order import Box, reading_order

SAME_SIZE = 0.08  # of the line above
NEAR = 0.6  # of the lower line's height
NEAR_ROW = 1.5
ALMOST_NOTHING = 1.0  # points


@dataclass(frozen=True, slots=True)
class Areas:
    """Areas in the order of the file, as columns.

    Each has the lines from `starts` to before `ends`; `sizes` are those of the letters of its first line.
    `lengths` are the characters of each line, `characters` those of all lines of an area.
    """

    lines: Lines
    lengths: Indexes
    starts: Indexes
    ends: Indexes
    sheets: Indexes
    boxes: Numbers
    sizes: Numbers
    bold: Marks
    characters: Indexes

    @staticmethod
    def of(lines: Lines, is_row: Marks) -> "Areas":
        """Lines in areas."""
        starts = np.flatnonzero(np.append(True, ~_continues(lines, is_row)))
        boxes, lengths = lines.boxes, np.fromiter(map(len, lines.texts), np.int64, len(lines))
        low, high = np.minimum.reduceat(boxes, starts), np.maximum.reduceat(boxes, starts)
        return Areas(
            lines=lines,
            lengths=lengths,
            starts=starts,
            ends=np.append(starts[1:], len(lines)),
            sheets=lines.sheets[starts],
            boxes=np.concatenate([low[:, :RIGHT], high[:, RIGHT:]], axis=1),
            sizes=lines.sizes[starts],
            bold=np.logical_and.reduceat(lines.bold, starts),
            characters=np.add.reduceat(lengths, starts),
        )

    def text(self, area: int) -> str:
        """Its lines on one line."""
        return " ".join(self.lines.texts[self.starts[area] : self.ends[area]])

    def in_reading_order(self) -> list[int]:
        """Indexes of the areas, page by page."""
        order = list(range(len(self.starts)))
        boxes = self.boxes
        climbs = (boxes[1:, TOP] > boxes[:-1, BOTTOM] + ALMOST_NOTHING) & (self.sheets[1:] == self.sheets[:-1])
        for sheet in np.unique(self.sheets[1:][climbs]).tolist():  # elsewhere the file goes straight down the page
            first, last = np.searchsorted(self.sheets, [sheet, sheet + 1]).tolist()
            if _is_in_order(boxes[first:last]):
                continue
            rectangles = [Box(*box) for box in boxes[first:last].tolist()]
            order[first:last] = [first + n for n in reading_order(rectangles, self.sizes[first:last].tolist())]
        return order


def _is_in_order(boxes: Numbers) -> bool:
    """Whether these can be read as they come: none above an earlier one, but to the right where columns break."""
    left, bottom, right, top = boxes.T
    climbs = np.flatnonzero(top[1:] > bottom[:-1] + ALMOST_NOTHING)
    if (left[climbs + 1] < right[climbs] - ALMOST_NOTHING).any():
        return False
    stand_together = (left[:, None] < right - ALMOST_NOTHING) & (left < right[:, None] - ALMOST_NOTHING)
    is_above = top > bottom[:, None] + ALMOST_NOTHING  # [earlier, later]
    places = np.arange(len(boxes))
    return not (stand_together & is_above & (places[:, None] < places)).any()


def _continues(lines: Lines, is_row: Marks) -> Marks:
    """Whether each line but the first goes on under the one before it."""
    above, below = lines.boxes[:-1], lines.boxes[1:]
    gap = above[:, BOTTOM] - below[:, TOP]
    height = np.minimum(above[:, TOP] - above[:, BOTTOM], below[:, TOP] - below[:, BOTTOM])
    near = np.where(is_row[:-1] & is_row[1:], NEAR_ROW, NEAR) * height
    sizes = lines.sizes
    same: Marks = (
        (lines.sheets[1:] == lines.sheets[:-1])
        & (np.abs(sizes[:-1] - sizes[1:]) <= SAME_SIZE * sizes[:-1])
        & (gap >= -NEAR * height)
        & (gap <= near)
        & (below[:, BOTTOM] < above[:, BOTTOM])
        & (above[:, LEFT] < below[:, RIGHT])
        & (below[:, LEFT] < above[:, RIGHT])
    )
    return same
