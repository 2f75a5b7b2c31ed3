"""Dates as documents write them."""

import datetime as dt
import re

_ISO = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


def iso_date(text: str) -> dt.date | None:
    """The day at the start of an ISO 8601 date or time, or None."""
    found = _ISO.match(text.strip())
    if found is None:
        return None
    try:
        return dt.date(*map(int, found.groups()))
    except ValueError:
        return None
