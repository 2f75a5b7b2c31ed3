"""Rows of tables that are seen at once are those that are found line by line."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.parsing.lines import Lines
from ingestion.parsing.regular import regular
from ingestion.parsing.rows import Entries, Printed, Row, Table

SIZE = 10.0

# From the row above, and where the two entries begin and how wide they are: in columns, as a rule.
ROWS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 60), st.integers(1, 90), st.integers(0, 60), st.integers(1, 90)),
    min_size=2,
    max_size=8,
)


def printed(rows: list[tuple[int, int, int, int, int]]) -> tuple[Lines, list[Entries]]:
    boxes, top = [], 800.0
    for gap, left, width, other, other_width in rows:
        top -= SIZE + gap
        boxes += [(start, top, start + wide, top + SIZE) for start, wide in ((left, width), (120 + other, other_width))]
    count = len(boxes)
    beside = np.tile([False, True], len(rows))
    plain = np.zeros(count, bool)
    lines = Lines(["a"] * count, np.zeros(count, int), np.array(boxes, float), np.full(count, SIZE), plain, beside)
    return lines, [(start, start + 2) for start in range(0, count, 2)]


def line_by_line(lines: Lines, run: list[Entries]) -> list[Row]:
    table = Table(Printed(lines), *run[0])
    for entries in run[1:]:
        if not table.takes(*entries):
            break
    return table.without_end()


@settings(deadline=None)
@given(ROWS)
def test_rows_seen_at_once_are_those_found_line_by_line(rows: list[tuple[int, int, int, int, int]]) -> None:
    lines, run = printed(rows)
    found = regular(lines, Printed(lines), run, None)
    if found is not None:
        expected = line_by_line(lines, run)
        assert [[start, start + 1] for start in found.starts.tolist()] == [row.lines for row in expected]
        assert found.boxes.tolist() == [list(row.box) for row in expected]


def test_rows_in_two_columns_are_seen_at_once() -> None:
    lines, run = printed([(0, 0, 80, 0, 50), (5, 10, 60, 20, 30), (5, 0, 100, 10, 90)])
    found = regular(lines, Printed(lines), run, None)
    assert found is not None
    assert found.starts.tolist() == [0, 2, 4]
    assert found.end == 6


def test_a_table_that_goes_on_in_another_way_is_not() -> None:
    lines, run = printed([(0, 0, 80, 0, 50), (5, 10, 60, 20, 30), (20, 0, 80, 0, 50), (45, 0, 80, 0, 50)])
    assert len(line_by_line(lines, run)) == 4
    assert regular(lines, Printed(lines), run, None) is None
