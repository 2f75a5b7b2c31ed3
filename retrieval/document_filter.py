"""Which documents of a list somebody wants to see, and in which order."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from retrieval.corpus import DocumentState, TextKind
from retrieval.errors import PeriodReversed


class InForce(StrEnum):
    """Whether a text applies on a day; nothing is two of them."""

    NOW = "now"
    LATER = "later"
    """It is not in force yet."""
    REPEALED = "repealed"


class Order(StrEnum):
    """What a list is sorted by; what is equal comes by collection and identifier."""

    RECEIVED = "received"
    TITLE = "title"
    DAY = "day"
    KIND = "kind"
    STATE = "state"
    ID = "id"


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What is set must hold of a document; of one that waits for a decision nothing holds that its text says.

    `words`: all of them, in title, number, identifier or name, without regard to case and accents. `since` and
    `until`, both included, are about the day of its signature, or else its date. `to_check`: something of it is a
    guess. `by_hand`: it comes from no source.
    """

    words: str = ""
    state: DocumentState | None = None
    kind: TextKind | None = None
    in_force: InForce | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    to_check: bool = False
    source: UUID | None = None
    by_hand: bool = False

    def __post_init__(self) -> None:
        """Raises `PeriodReversed`."""
        if self.since and self.until and self.until < self.since:
            raise PeriodReversed(self.since, self.until)
