"""The file of retention: what it holds, and that a wrong one is refused with the reason."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import RetentionInvalid, read_retention
from policies.retention import months_after, months_before

RIGHT = "[records]\nmonths = 9\n[content]\nmonths = 3\n[conversations]\nmonths = 24\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "durees.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_product_keeps_records_a_year_and_texts_half_of_it() -> None:
    kept = read_retention()
    assert (kept.records, kept.content, kept.conversations, kept.justification) == (12, 6, 12, "")


def test_another_file_is_another_rule(tmp_path: Path) -> None:
    kept = read_retention(written(tmp_path, RIGHT))
    assert (kept.records, kept.content, kept.conversations) == (9, 3, 24)
    assert kept.sha256 != read_retention().sha256


def test_longer_than_a_year_takes_a_reason(tmp_path: Path) -> None:
    reason = '[records]\nmonths = 18\njustification = "Enquête administrative en cours."\n'
    kept = read_retention(written(tmp_path, RIGHT.replace("[records]\nmonths = 9\n", reason)))
    assert (kept.records, kept.justification) == (18, "Enquête administrative en cours.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RIGHT.replace("9", "5"), "6 mois au moins"),
        (RIGHT.replace("9", "13"), "plus de 12 mois"),
        (RIGHT.replace("months = 9", 'months = 13\njustification = "  "'), "plus de 12 mois"),
        (RIGHT.replace("months = 3", "months = 10"), "pas être gardés plus longtemps"),
        (RIGHT.replace("months = 3", "months = 0"), "« content.months » : un nombre entier"),
        (RIGHT.replace("months = 3", 'months = "3"'), "un nombre entier"),
        (RIGHT.replace("months = 3", "days = 3"), "content.months » : il manque"),
        (RIGHT + "[cookies]\nmonths = 1\n", "cookies » : ce nom n’est pas connu"),
        ("months = 12", "records » : il manque"),
        ("[records", "illisibles"),
    ],
)
def test_a_wrong_file_is_refused_and_says_where(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RetentionInvalid, match=r"durees\.toml") as refused:
        read_retention(written(tmp_path, text))
    assert said in str(refused.value)


def test_a_month_without_that_day_gives_its_last() -> None:
    assert months_before(dt.datetime(2026, 8, 31, 3, tzinfo=dt.UTC), 6) == dt.datetime(2026, 2, 28, 3, tzinfo=dt.UTC)
    assert months_after(dt.datetime(2026, 8, 31, 3, tzinfo=dt.UTC), 6) == dt.datetime(2027, 2, 28, 3, tzinfo=dt.UTC)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), st.integers(0, 120))
def test_so_many_months_earlier_is_that_many_months_earlier(day: dt.date, months: int) -> None:
    moment = dt.datetime.combine(day, dt.time(3), dt.UTC)
    earlier = months_before(moment, months)
    assert (moment.year - earlier.year) * 12 + moment.month - earlier.month == months
    assert earlier.time() == moment.time()
    assert earlier.day <= moment.day
