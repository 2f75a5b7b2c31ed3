"""Which records may lack: those that a later record says were purged by the rules of retention.

A record `ledger.purged` covers the records from `from` up to, but not including, `to`, without the spans of `kept`,
which are written alike.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Purge:
    """Half-open spans of indexes: what went, and what of it stayed."""

    start: int
    end: int
    kept: tuple[tuple[int, int], ...]

    def covers(self, index: int) -> bool:
        """Whether this record went."""
        return self.start <= index < self.end and not any(start <= index < end for start, end in self.kept)


def purges(bodies: Iterable[tuple[int, bytes]]) -> list[Purge]:
    """What these records, by index, say; nothing may say that it itself, or what came after it, went."""
    found = (_purge(index, body) for index, body in bodies)
    return [purge for purge in found if purge is not None]


def _purge(index: int, body: bytes) -> Purge | None:
    try:
        told: Any = json.loads(body)
        if told["act"] != "ledger.purged":
            return None
        details = told["details"]
        kept = tuple((int(start), int(end)) for start, end in details.get("kept", ()))
        purge = Purge(int(details["from"]), int(details["to"]), kept)
    except (ValueError, TypeError, KeyError):  # then nothing was purged by it
        return None
    return purge if purge.end <= index else None
