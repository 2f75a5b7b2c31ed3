"""Files inside a file: what they are called, and how much may come out of it."""

import re
from dataclasses import dataclass

from ingestion.characters import one_line
from ingestion.errors import DocumentRefused, FileUnreadable

LONGEST_PART = 255  # characters between two slashes, as on most disks
LONGEST_NAME = 1_000  # characters

_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class PartLimits:
    """`file` bytes of one part, `expanded` of all, `ratio` to the compressed bytes, `parts` in number.

    `depth` counts files in files: at 1, an archive in an archive stays closed.
    """

    file: int = 50_000_000
    expanded: int = 200_000_000
    ratio: int = 100
    parts: int = 2_000
    depth: int = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside another, by its path there."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part was written: `length` bytes from `start`."""

    name: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class BadPart:
    """A part that cannot be taken; the others can."""

    name: str
    reason: DocumentRefused


def harmless(name: str) -> str:
    """The name as a path below the file that holds it, on one line and without what cannot be seen.

    Raises `FileUnreadable` for one that leads elsewhere, is too long or is none.
    """
    path = one_line(name.replace("\\", "/"))
    parts = path.split("/")
    if path.startswith("/") or _DRIVE.match(path) or ".." in parts:
        raise FileUnreadable(shortened(path), "son nom mène hors du fichier qui le contient", _RENAME)
    parts = [part for part in parts if part not in {"", "."}]
    path = "/".join(parts)
    if not parts or len(path) > LONGEST_NAME or any(len(part) > LONGEST_PART for part in parts):
        raise FileUnreadable(shortened(path) or "(sans nom)", "son nom est vide ou trop long", _RENAME)
    return path


def shortened(name: str) -> str:
    """For a message."""
    name = one_line(name)
    return name if len(name) <= 80 else f"{name[:79]}…"


_RENAME = "Renommez-le, puis refaites le fichier qui le contient."
