"""The words of files that a person attaches to a conversation."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Offered:
    """A file on this machine that somebody wants to attach; `name` is what they call it."""

    name: str
    path: Path


class FileState(StrEnum):
    """How far an attached file is."""

    READING = "reading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a conversation; `passages` of it can be found once it is ready.

    `reason` says in French why it failed, and what to do. One that holds others (ZIP, EML) is ready when one of them
    is, and all were read.
    """

    id: UUID
    name: str
    state: FileState
    reason: str = ""
    passages: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """The file is kept and waits for a worker."""

    file: AttachedFile


@dataclass(frozen=True, slots=True)
class Done:
    """The file is ready, or has failed, for the reason that it says."""

    file: AttachedFile


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file that was not taken: `name` and a French sentence that says why and what to do. Nothing of it is kept."""

    name: str
    reason: str
