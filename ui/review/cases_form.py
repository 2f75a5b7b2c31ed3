"""What an auditor fills in on the pages of cases, read from the bodies of requests."""

import datetime as dt
from collections.abc import Mapping

from fastapi import Request

from policies.review.errors import ReviewInvalid
from policies.review.holds import Scope, Span
from policies.review.wishes import Kind, Wish, number_given
from retrieval.dates import read_day
from ui.form_body import form_pairs
from ui.pages import PARIS

LONGEST_BODY = 2**16  # bytes

Fields = Mapping[str, str]


async def fields(request: Request) -> Fields:
    """The fields by their names. Raises `RequestMalformed`."""
    return dict(await form_pairs(request, LONGEST_BODY))


def wish(typed: Fields) -> Wish:
    """What is asked for. Raises `ReviewInvalid`."""
    try:
        return Wish(Kind(typed.get("kind", "")), typed.get("target", "").strip())
    except ValueError as error:
        raise ReviewInvalid("Choisissez ce que vous demandez dans la liste.") from error


def span(typed: Fields) -> Span:
    """What is to be held. Raises `ReviewInvalid`."""
    try:
        scope = Scope(typed.get("scope", ""))
    except ValueError as error:
        raise ReviewInvalid("Choisissez ce qui est à geler dans la liste.") from error
    match scope:
        case Scope.RECORDS:
            first, last = (number_given(typed.get(name, ""), "d’enregistrement") for name in ("first", "last"))
            return Span(scope, first=first, last=last)
        case Scope.PERIOD:
            since, until = _day(typed.get("since", "")), _day(typed.get("until", ""))
            return Span(scope, since=_midnight(since), until=_midnight(until + dt.timedelta(days=1)))
        case _:
            return Span(scope, typed.get("target", ""))


def _day(typed: str) -> dt.date:
    if (day := read_day(typed)) is None:
        raise ReviewInvalid("Donnez le premier et le dernier jour de la période, comme 01/03/2026.")
    return day


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), PARIS)
