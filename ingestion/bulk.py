"""The words of a change that is made to many documents."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Change(StrEnum):
    """What is done to each of the documents."""

    REMOVE = "remove"
    RETRY = "retry"
    """What failed is tried again."""
    REINDEX = "reindex"
    """What was read is read again, from its original."""
    REPEAL = "repeal"
    """It no longer applies from a day on."""
    CONFIRM = "confirm"
    """What was guessed of it holds."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A change and how far it is: of `documents`, so many are `done` or `left` as they were.

    `problem` is what keeps it from getting on for now, as a French sentence.
    """

    id: UUID
    change: Change
    repealed_on: dt.date | None
    documents: int
    done: int
    left: int
    begun_at: dt.datetime
    ended_at: dt.datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A document that was left as it was, and why, as a French sentence."""

    collection_id: UUID
    document_id: str
    reason: str
