"""The words of files that somebody's browser sends into a collection, one by one."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class SentState(StrEnum):
    """What became of a file; of one that holds others, of all of them."""

    WAITING = "waiting"
    """It is received: nobody has to send it again."""
    READ = "read"
    INDEXED = "indexed"
    UNCHANGED = "unchanged"
    """It was there already, in the same content."""
    FAILED = "failed"
    QUARANTINED = "quarantined"
    REFUSED = "refused"
    """It was not taken."""
    GONE = "gone"
    """It was removed since."""


UNDER_WAY = frozenset({SentState.WAITING, SentState.READ})


@dataclass(frozen=True, slots=True)
class Sending:
    """A file as it comes: what it says that it is called, how many bytes it says it has, and these."""

    name: str
    size: int | None
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was dealt with. `refusal` says in French why it was not taken, and what to do."""

    name: str
    size: int
    refusal: str = ""
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of an upload; `reason` says why it failed or was not taken, or what keeps it waiting.

    `document_id` is the first document that it gave, in the collection of that identifier.
    """

    name: str
    size: int
    sent_at: dt.datetime
    state: SentState
    reason: str
    document_id: str | None
    collection_id: UUID | None


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that one person sends into one collection; `refused` of them were not taken."""

    id: UUID
    started_at: dt.datetime
    closed_at: dt.datetime | None
    latest_at: dt.datetime | None
    files: int
    refused: int


@dataclass(frozen=True, slots=True)
class UploadProgress:
    """How far its files are; every state has its number."""

    upload: Upload
    counts: Mapping[SentState, int]

    @property
    def settled(self) -> int:
        """How many files nothing more happens to by itself."""
        return self.upload.files - sum(self.counts[state] for state in UNDER_WAY)

    @property
    def is_over(self) -> bool:
        """Whether no file comes any more, and all are settled."""
        return self.upload.closed_at is not None and self.settled == self.upload.files
