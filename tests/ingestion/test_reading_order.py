"""Boxes on a page, in the order in which a person reads them."""

from hypothesis import given
from hypothesis import strategies as st

from ingestion.parsing.reading_order import Box, reading_order

coordinates = st.integers(0, 600)
boxes = st.builds(
    lambda left, bottom, width, height: Box(left, bottom, left + width, bottom + height),
    coordinates,
    coordinates,
    st.integers(1, 300),
    st.integers(1, 100),
)


@given(st.lists(boxes, max_size=40))
def test_every_box_is_read_once(page: list[Box]) -> None:
    assert sorted(reading_order(page, [10.0] * len(page))) == list(range(len(page)))


def test_one_column_is_read_downwards() -> None:
    page = [Box(50, 100, 550, 200), Box(50, 600, 550, 700), Box(50, 300, 550, 400)]
    assert reading_order(page, [10.0] * 3) == [1, 2, 0]


def test_columns_under_a_wide_title_are_read_one_after_the_other() -> None:
    right, title, left, foot = (
        Box(310, 200, 550, 600),
        Box(50, 650, 550, 700),
        Box(50, 210, 290, 600),
        Box(50, 100, 550, 150),
    )
    assert reading_order([right, title, left, foot], [10, 18, 10, 10]) == [1, 2, 0, 3]


def test_a_column_keeps_its_own_titles() -> None:
    left_title, right_title = Box(50, 560, 200, 580), Box(310, 560, 500, 580)
    left, right = Box(50, 300, 290, 540), Box(310, 420, 550, 540)
    assert reading_order([left_title, right_title, left, right], [14, 14, 10, 10]) == [0, 2, 1, 3]


def test_a_page_of_very_many_boxes_does_not_exhaust_the_stack() -> None:
    page = [Box(0, 2 * n, 10, 2 * n + 1) for n in range(1500)]
    assert reading_order(page, [1.0] * 1500) == list(range(1499, -1, -1))
