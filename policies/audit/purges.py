"""Which records may lack: those that a later record says were purged by the rules of retention, or lost in a restore.

A record `ledger.purged` covers the records from `from` up to, but not including, `to`, without the spans of `kept`,
which are written alike. Whoever can append can write one: it is lawful only for what was old enough by signed times.

A record `backup.restored` covers the records from `from` up to itself, which a backup did not hold and whose hashes
came from a place outside the database. It explains the end of a ledger alone: what has a record after it that is older
than the restore cannot be said to be lost so.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Span = tuple[int, int]  # half-open


class Purged:
    """The indexes of records that went. A year has hundreds of purges and millions of records: each is looked up."""

    def __init__(self, spans: Iterable[Span], lost: Iterable[Span] = ()) -> None:
        self.lost = tuple(sorted(lost))
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted((*spans, *self.lost)):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif start < end:
                self._starts.append(start)
                self._ends.append(end)

    def __contains__(self, index: int) -> bool:
        place = bisect_right(self._starts, index) - 1
        return place >= 0 and index < self._ends[place]

    def were_lost(self, index: int) -> bool:
        """Whether that record was lost in a restore."""
        return any(start <= index < end for start, end in self.lost)


def purged(records: Iterable[tuple[int, bytes, int]]) -> Purged:
    """What these records say: index, body, and up to which index records were old enough then.

    Nothing may say that it itself, or what came after it, went.
    """
    read = list(records)
    return Purged(
        (span for index, body, due in read for span in _spans(index, body, due)),
        (span for index, body, _ in read for span in _lost(index, body)),
    )


def _lost(index: int, body: bytes) -> Sequence[Span]:
    try:
        told: Any = json.loads(body)
        if told["act"] != "backup.restored":
            return ()
        start, end = int(told["details"]["from"]), int(told["details"]["to"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # then nothing was lost by it
        return ()
    return [(start, end)] if 0 <= start < end == index else ()


def _spans(index: int, body: bytes, due: int) -> Sequence[Span]:
    try:
        told: Any = json.loads(body)
        if told["act"] != "ledger.purged":
            return ()
        details = told["details"]
        kept = [(int(start), int(end)) for start, end in details.get("kept", ())]
        start, end = int(details["from"]), int(details["to"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # then nothing was purged by it
        return ()
    return [*_without(start, min(end, due), kept)] if end <= index else ()


def _without(start: int, end: int, kept: Sequence[Span]) -> Iterator[Span]:
    """What is left of a span; what is kept may come in any order, and overlap."""
    for first, last in sorted(kept):
        if first >= last:
            continue
        if start < min(first, end):
            yield start, min(first, end)
        start = max(start, last)
    if start < end:
        yield start, end
