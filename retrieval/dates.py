"""Days as French texts write them: «1er mars 2023», «3 avril 2022», «12/03/2021», «2023-03-01»."""

import datetime as dt
import re
import unicodedata

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)

# Regular expressions, to be read without regard to case; they hold no groups.
MONTH = "(?:" + "|".join(month.translate({ord("é"): "[ée]", ord("û"): "[ûu]"}) for month in MONTHS) + ")"
YEAR = r"(?:1[789]|20)\d\d"
DAY = (
    rf"(?:(?:1\s?er|0?[1-9]|[12]\d|3[01])\s+{MONTH}\s+{YEAR}"
    rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]{YEAR}"
    rf"|{YEAR}-\d{{2}}-\d{{2}})(?!\d)"
)

_WORDS = re.compile(rf"(?:(?P<day>\d{{1,2}})\s*(?:er)?\s+)?(?P<month>{MONTH})\s+(?P<year>\d{{4}})", re.IGNORECASE)
_FIGURES = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})|(\d{4})-(\d{2})-(\d{2})")


def read_day(text: str) -> dt.date | None:
    """The day that a text which matches `DAY` names, or the first of a month; None where there is no such day."""
    text = unicodedata.normalize("NFC", text.strip())
    if words := _WORDS.fullmatch(text):
        return _day(words["year"], str(_month(words["month"])), words["day"] or "1")
    if figures := _FIGURES.fullmatch(text):
        day, month, year, *iso = figures.groups()
        return _day(*iso) if day is None else _day(year, month, day)
    return None


def written(day: dt.date) -> str:
    """The day in words, as an administrative text has it: «1er mars 2023»."""
    return f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]} {day.year}"


def _month(name: str) -> int:
    plain = _plain(name)
    return next(number for number, month in enumerate(MONTHS, start=1) if _plain(month) == plain)


def _plain(name: str) -> str:
    """Without accents and capitals: old machines wrote neither."""
    return "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))


def _day(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
