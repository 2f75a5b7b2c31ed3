"""A place that holds documents: the port."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a record at a source. `size` in bytes."""

    key: str
    """Names it within its source; segments of a path are parted by «/». Any text without NUL."""
    size: int
    fingerprint: str
    """Another one whenever the content may have changed."""


class Source(Protocol):
    """A place that can be listed and read; both raise `SourceUnreachable` and `SourceRefused`.

    Of a place with paths, hidden files and folders (`is_hidden`) are left out.
    """

    def entries(self) -> AsyncIterator[Entry]:
        """All that there is, each key once. A listing that ends without an error is complete."""

    def read(self, key: str) -> AsyncIterator[bytes]:
        """The bytes of one entry, in pieces. Raises `EntryGone`, `EntryRefused`."""


def is_hidden(name: str) -> bool:
    """Whether people do not see a file or folder of that name."""
    return name.startswith(".")
