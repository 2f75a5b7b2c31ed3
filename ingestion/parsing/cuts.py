"""Where lines are cut in entries: at wide gaps, where the ink changes, and where PDFium missed a new line.

Only blanks behind which another piece of text goes on can be such places: the others are in the midst of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

import numpy as np

from ingestion.parsing.calls import Characters
from ingestion.parsing.camouflage import inks
from ingestion.parsing.held import as_held, table
from ingestion.parsing.lines import BOTTOM, LEFT, RIGHT, TOP, Indexes, Marks, Numbers, Rectangle

CELL_GAP = 2.0  # times the height of a line: a wider gap parts cells or columns
BLANK = 0.5  # times the height of a line: a wider gap may part cells, where others begin in the same place
NEW_LINE = 0.8  # times the height of a line: what stands so much lower is on the next

_BLANK, _BREAK = map(ord, " \n")
_BOX = np.dtype((np.void, 16))  # its four numbers as one


@dataclass(frozen=True, slots=True)
class Entries:
    """Parts of lines: their first and last characters, the boxes of these as PDFium writes them, the first's piece.

    `beside` marks what stands on one line with the entry before.
    """

    firsts: list[int]
    lasts: list[int]
    lefts: bytes
    rights: bytes
    pieces: list[int]
    inks: list[int]
    beside: list[bool]

    def merged(self, begins: Marks) -> "Entries":
        """The same, those that do not begin an entry of their own a part of the one before."""
        firsts, lasts = np.flatnonzero(begins), np.flatnonzero(np.append(begins[1:], True))
        starts = firsts.tolist()
        return Entries(
            [self.firsts[n] for n in starts],
            [self.lasts[n] for n in lasts.tolist()],
            np.frombuffer(self.lefts, _BOX)[firsts].tobytes(),
            np.frombuffer(self.rights, _BOX)[lasts].tobytes(),
            [self.pieces[n] for n in starts],
            [self.inks[n] for n in starts],
            [self.beside[n] for n in starts],
        )


def cut(characters: Characters, lines: Sequence[str], firsts: list[int], sheet: Rectangle, rotation: int) -> Entries:
    """The lines as entries; `firsts` are the places at which they begin."""
    lasts = list(map(add, firsts, [len(line) - 1 for line in lines]))
    pieces, of_lasts = characters.pieces(firsts), characters.pieces(lasts)
    if pieces != of_lasts:
        begun = np.array([firsts, pieces])
        several = np.flatnonzero(begun[1] != of_lasts)
        changes = _changes(characters, [lines[n] for n in several.tolist()], begun[0, several])
        if changes.size:
            return _parted(characters, begun, np.array(lasts), changes, sheet, rotation)
    beside = [False] * len(lines)
    return Entries(firsts, lasts, characters.boxes(firsts), characters.boxes(lasts), pieces, inks(pieces), beside)


def _changes(characters: Characters, lines: Sequence[str], firsts: Indexes) -> Indexes:
    """For each blank behind which another piece goes on: its last character, and the next one's place and piece."""
    text = "\n".join(["", *lines, ""])
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    is_blank = (codes == _BLANK) | (codes == _BREAK)
    turns = np.flatnonzero(is_blank[1:] != is_blank[:-1])  # words begin and end by turns
    starts, ends = turns[::2] + 1, turns[1::2]
    opens = codes[turns[::2]] == _BREAK
    moved = (firsts - starts[opens])[np.cumsum(opens) - 1]
    starts, ends = starts + moved, ends + moved
    pieces = np.fromiter(characters.pieces(starts.tolist()), np.int64, len(starts))
    changed = 1 + np.flatnonzero((pieces[1:] != pieces[:-1]) & ~opens[1:])
    return np.array([ends[changed - 1], starts[changed], pieces[changed]])


def _parted(
    characters: Characters, begun: Indexes, lasts: Indexes, changes: Indexes, sheet: Rectangle, rotation: int
) -> Entries:
    """The lines that begin so, cut at those of the changes where a reader sees a gap."""
    firsts, pieces = np.concatenate([begun, changes[1:]], axis=1)
    order = firsts.argsort()
    firsts, pieces, lasts = firsts[order], pieces[order], np.sort(np.concatenate([lasts, changes[0]]))
    lefts, rights = characters.boxes(firsts.tolist()), characters.boxes(lasts.tolist())
    found_inks = np.array(inks(pieces.tolist()))
    after = np.flatnonzero(order >= begun.shape[1])
    is_wide, is_lower = _gaps(lefts, rights, after, sheet, rotation)
    if is_lower.any():
        shapes = np.abs(table(characters.matrices(firsts[after].tolist()), 6))
        is_lower &= (shapes[:, 1] > shapes[:, 0]) == (rotation in {90, 270})
    is_cut = is_wide | is_lower | (found_inks[after] != found_inks[after - 1])
    begins, beside = np.ones(len(order), bool), np.zeros(len(order), bool)
    begins[after], beside[after] = is_cut, ~is_lower
    every = firsts.tolist(), lasts.tolist(), lefts, rights, pieces.tolist(), found_inks.tolist(), beside.tolist()
    return Entries(*every).merged(begins)


def _gaps(lefts: bytes, rights: bytes, after: Indexes, sheet: Rectangle, rotation: int) -> tuple[Marks, Marks]:
    """Which of the gaps before these part cells or columns, and behind which PDFium missed a new line."""
    origin, turn = np.array([sheet]), np.array([rotation])
    before, behind = as_held(table(rights, 4)[after - 1], origin, turn), as_held(table(lefts, 4)[after], origin, turn)
    height = np.maximum(before[:, TOP] - before[:, BOTTOM], behind[:, TOP] - behind[:, BOTTOM])
    is_lower: Marks = np.abs(behind[:, BOTTOM] - before[:, BOTTOM]) > NEW_LINE * height
    gaps = behind[:, LEFT] - before[:, RIGHT]
    is_wide: Marks = gaps > CELL_GAP * height
    return is_wide | _fills(gaps, height, np.round(behind[:, LEFT]), is_wide), is_lower


def _fills(gaps: Numbers, height: Numbers, lefts: Numbers, is_wide: Marks) -> Marks:
    """Gaps after cells that are filled up to the next column."""
    may_be: Marks = gaps > BLANK * height
    columns = {*lefts[is_wide].tolist()}
    for place in np.flatnonzero(may_be & ~is_wide).tolist():
        may_be[place] = lefts[place] in columns
    return may_be
