"""Days as French texts write them."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.dates import DAY, read_day, written

DAYS = st.dates(dt.date(1700, 1, 1), dt.date(2099, 12, 31))


@given(DAYS)
def test_a_day_is_read_as_it_was_written(day: dt.date) -> None:
    for text in (
        written(day),
        written(day).upper(),
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day}.{day.month}.{day:%Y}",
    ):
        assert re.fullmatch(DAY, text, re.IGNORECASE)
        assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er mars 2023", "2023-03-01"),
        ("1 er mars 2023", "2023-03-01"),
        ("03 AOUT 1998", "1998-08-03"),
        ("3\u00a0fevrier\u202f2020", "2020-02-03"),
        ("de\u0301cembre 2020", "2020-12-01"),
        ("mars 2020", "2020-03-01"),
    ],
)
def test_spellings_of_a_day(text: str, day: str) -> None:
    assert read_day(text) == dt.date.fromisoformat(day)


@pytest.mark.parametrize("text", ["31 février 2022", "12/13/2022", "mars", "2022", "", "0 mai 2020"])
def test_what_is_no_day(text: str) -> None:
    assert read_day(text) is None


@given(st.text())
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert read_day(text) is None or re.search(r"\d{4}", text)
