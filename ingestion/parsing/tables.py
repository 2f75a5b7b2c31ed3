"""Entries that stand on one line: the cells of a table's row, or columns of text side by side."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from ingestion.parsing.hyphens import Hyphens
from ingestion.parsing.lines import Indexes, Lines
from ingestion.parsing.regular import Regular, regular
from ingestion.parsing.rows import Entries, Printed, Row, Table

CELL = " | "
COLUMN_LINES = 3  # columns of text have at least so many lines,
COLUMN_CHARACTERS = 20  # and entries at least so long, as a rule


def with_rows(lines: Lines) -> tuple[Lines, Indexes]:
    """Rows as one line each (`a | b | c`), columns as lines of their own.

    The second array has, for each line that is a row, the line that is the first row of its table; else -1.
    """
    if not lines.beside.any():
        return lines, np.full(len(lines), -1)
    printed, hyphens = Printed(lines), Hyphens(lines.texts)
    texts, boxes = list(lines.texts), lines.boxes.copy()
    first_row = np.full(len(lines), -1)
    order: list[int] = []
    for part in _parts(lines, printed):
        if isinstance(part, range):
            order += part
            continue
        if isinstance(part, Regular):
            firsts = part.starts.tolist()
            boxes[firsts] = part.boxes
            for first in firsts:
                texts[first] = CELL.join(lines.texts[first : first + part.columns])
        else:
            separator = CELL if len(part) > 1 else " "
            firsts = [min(row.lines) for row in part]
            boxes[firsts] = [row.box for row in part]
            for first, row in zip(firsts, part, strict=True):
                texts[first] = separator.join(_cells(row, lines.texts, hyphens))
        first_row[firsts] = firsts[0]
        order += firsts
    chosen = np.array(order)
    place = np.full(len(lines) + 1, -1)  # the last one is that of no row at all
    place[chosen] = np.arange(len(chosen))
    joined = Lines(texts, lines.sheets, boxes, lines.sizes, lines.bold, lines.beside)
    return joined.taken(chosen), place[first_row[chosen]]


def _parts(lines: Lines, printed: Printed) -> Iterator[range | Regular | list[Row]]:
    """Lines as they are, lines of columns one after the other, and the rows of tables."""
    done = 0
    for run in _runs(lines):
        if run[0][0] >= done and _are_columns(run, lines.texts):
            yield range(done, run[0][0])
            done = run[-1][1]
            for column in range(run[0][1] - run[0][0]):
                for start, _ in run:
                    yield range(start + column, start + column + 1)
            continue
        for place, (start, end) in enumerate(run):
            if start >= done:
                yield range(done, start)
                table = regular(lines, printed, run[place:], _next(printed, run[-1][1]))
                if table is not None:
                    yield table
                    done = table.end
                    continue
                rows = _table(printed, start, end)
                yield rows
                done = 1 + max(rows[-1].lines)
    yield range(done, len(lines))


def _next(printed: Printed, start: int) -> Entries | None:
    """The line that begins with this entry."""
    count, end = len(printed.texts), start + 1
    while end < count and printed.beside[end]:
        end += 1
    return (start, end) if start < count else None


def _table(printed: Printed, start: int, end: int) -> list[Row]:
    """The rows of the table that begins with these entries."""
    table, line = Table(printed, start, end), _next(printed, end)
    while line is not None and table.takes(*line):
        line = _next(printed, line[1])
    return table.without_end()


def _cells(row: Row, texts: list[str], hyphens: Hyphens) -> list[str]:
    """All its places up to the last that says something."""
    cells = row.cells
    return [_said([texts[n] for n in cells.get(column, ())], hyphens) for column in range(max(cells) + 1)]


def _said(lines: list[str], hyphens: Hyphens) -> str:
    if len(lines) < 2:
        return "".join(lines)
    return "".join(hyphens.before(line, after) for line, after in pairwise([*lines, ""])).rstrip()


def _runs(lines: Lines) -> Iterator[list[Entries]]:
    """Rows that follow each other on one page."""
    starts = np.flatnonzero(~lines.beside)
    ends = np.append(starts[1:], len(lines))
    several = ends - starts > 1
    run: list[Entries] = []
    run_sheet = -1
    sheets = lines.sheets[starts[several]].tolist()
    for start, end, sheet in zip(starts[several].tolist(), ends[several].tolist(), sheets, strict=True):
        if run and (run[-1][1] != start or run_sheet != sheet):
            yield run
            run = []
        run.append((start, end))
        run_sheet = sheet
    if run:
        yield run


def _are_columns(run: list[Entries], texts: list[str]) -> bool:
    """Whether the sentences go on from line to line, which those of a table's cells do not."""
    if len(run) < COLUMN_LINES or len({end - start for start, end in run}) > 1:
        return False
    entries = texts[run[0][0] : run[-1][1]]
    if sum(len(text) >= COLUMN_CHARACTERS for text in entries) < 0.8 * len(entries):
        return False
    going_on = sum(text[0].islower() for text in texts[run[1][0] : run[-1][1]])
    return going_on >= 0.3 * len(entries)
