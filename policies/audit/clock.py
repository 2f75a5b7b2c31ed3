"""The time that stands in records and checkpoints."""

import datetime as dt
from collections.abc import Callable

# Gives aware times.
Clock = Callable[[], dt.datetime]


def system_clock() -> dt.datetime:
    """This machine's time, which somebody may set back: the order of records is that of their indexes."""
    return dt.datetime.now(dt.UTC)
