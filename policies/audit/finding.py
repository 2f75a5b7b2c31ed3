"""What a verification of the ledger says."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum


class What(StrEnum):
    """What does not hold; the values enter the ledger and what scripts read."""

    CHANGED = "record-changed"
    MISSING = "record-missing"
    INSERTED = "record-inserted"
    MOVED = "record-moved"
    TIME = "record-time"
    FORM = "record-form"
    NODE = "node"
    HEAD = "head"
    CHECKPOINT = "checkpoint"
    SIGNATURE = "signature"
    CUT = "cut-back"
    FORK = "fork"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that does not hold; `index` is the first record that it is about."""

    kind: What
    index: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How many records were looked at, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at; without a `finding` all of it holds.

    `sealed` is how many records the last checkpoint covers, `places` how many checkpoints each place holds, by label.
    Of the records of `lost`, half-open spans, a restore has left the hashes alone.
    """

    records: int = 0
    start: int = 0
    sealed: int = 0
    purged: int = 0
    lost: tuple[tuple[int, int], ...] = ()
    checkpoints: int = 0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    places: dict[str, int] = field(default_factory=dict)
    finding: Finding | None = None
