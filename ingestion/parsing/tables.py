"""Entries that stand on one line: the cells of a table's row, or columns of text side by side."""

from collections.abc import Iterator

import numpy as np

from ingestion.parsing.lines import RIGHT, Indexes, Lines, Numbers

CELL = " | "
COLUMN_LINES = 3  # columns of text have at least so many lines,
COLUMN_CHARACTERS = 20  # and entries at least so long, as a rule

Row = tuple[int, int]  # its first entry, and the one after its last


def with_rows(lines: Lines) -> tuple[Lines, Indexes]:
    """Rows as one line each (`a | b | c`), columns as lines of their own.

    The second array has, for each line that is a row, the line that is the first row of its table; else -1.
    """
    if not lines.beside.any():
        return lines, np.full(len(lines), -1)
    texts, boxes, whole = list(lines.texts), lines.boxes.copy(), _whole(lines)
    first_row = np.full(len(lines), -1)
    order: list[int] = []
    done = 0
    for run in _runs(lines):
        order += range(done, run[0][0])
        done = run[-1][1]
        if _are_columns(run, texts):
            order += sorted(range(run[0][0], done), key=lambda index: _column(index, run))
            continue
        for start, end in run:
            texts[start] = (CELL if len(run) > 1 else " ").join(texts[start:end])
            boxes[start] = whole[start]
            first_row[start] = run[0][0]
            order.append(start)
    order += range(done, len(lines))
    chosen = np.array(order)
    place = np.full(len(lines) + 1, -1)  # the last one is that of no row at all
    place[chosen] = np.arange(len(chosen))
    joined = Lines(texts, lines.sheets, boxes, lines.sizes, lines.bold, lines.beside)
    return joined.taken(chosen), place[first_row[chosen]]


def _whole(lines: Lines) -> Numbers:
    """For each entry, the box around all that stands on its line."""
    starts = np.flatnonzero(~lines.beside)
    low, high = np.minimum.reduceat(lines.boxes, starts), np.maximum.reduceat(lines.boxes, starts)
    whole = np.concatenate([low[:, :RIGHT], high[:, RIGHT:]], axis=1)
    of_lines: Numbers = whole[np.cumsum(~lines.beside) - 1]
    return of_lines


def _runs(lines: Lines) -> Iterator[list[Row]]:
    """Rows that follow each other on one page."""
    starts = np.flatnonzero(~lines.beside)
    ends = np.append(starts[1:], len(lines))
    run: list[Row] = []
    for index in np.flatnonzero(ends - starts > 1).tolist():
        start, end = int(starts[index]), int(ends[index])
        if run and (run[-1][1] != start or lines.sheets[run[-1][0]] != lines.sheets[start]):
            yield run
            run = []
        run.append((start, end))
    if run:
        yield run


def _are_columns(run: list[Row], texts: list[str]) -> bool:
    """Whether the sentences go on from line to line, which those of a table's cells do not."""
    if len(run) < COLUMN_LINES or len({end - start for start, end in run}) > 1:
        return False
    entries = [text for start, end in run for text in texts[start:end]]
    longer = sum(len(text) >= COLUMN_CHARACTERS for text in entries)
    going_on = sum(text[0].islower() for start, end in run[1:] for text in texts[start:end])
    return longer >= 0.8 * len(entries) and going_on >= 0.3 * len(entries)


def _column(index: int, run: list[Row]) -> tuple[int, int]:
    row = next(row for row, (start, end) in enumerate(run) if start <= index < end)
    return index - run[row][0], row
