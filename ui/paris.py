"""Moments as people type them: in Paris, whatever clock their machine has."""

import datetime as dt

from ui.pages import PARIS

_FORMS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M")


def paris_moment(written: str) -> dt.datetime | None:
    """The moment of a field «datetime-local», or of « 26/11/2026 18:00 »; None for what is none.

    An hour that is skipped when the clocks go forward is none; of one that comes twice it is the first.
    """
    for form in _FORMS:
        try:
            moment = dt.datetime.strptime(written.strip(), form).replace(tzinfo=PARIS)
        except ValueError:
            continue
        try:
            back = moment.astimezone(dt.UTC).astimezone(PARIS)
        except OverflowError:  # at the ends of the calendar
            return None
        return moment if back.replace(tzinfo=None) == moment.replace(tzinfo=None) else None
    return None


def field_value(moment: dt.datetime) -> str:
    """The same moment, to the minute, for a field «datetime-local»."""
    return f"{moment.astimezone(PARIS):%Y-%m-%dT%H:%M}"
