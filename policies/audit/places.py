"""Places outside the database where checkpoints go, so that who rewrites the database rewrites no witness.

For each checkpoint a place holds two files: the signed note, and the hashes of the records since the checkpoint
before (`leaves`, 32 bytes each). The signed root vouches for the leaves, so that a place alone can say which record
is no longer the one that was signed, even where every node of the database was made anew. Where something was erased,
a third one lists it (`erasures`).
"""

import datetime as dt
import re
from collections.abc import AsyncIterator
from typing import Protocol

NOTE, LEAVES, ERASURES = "note", "leaves", "erasures"

_NAME = re.compile(r"\d{4}/\d{2}/\d{2}/(?P<size>\d{20})\.(?P<kind>note|leaves|erasures)")


class Place(Protocol):
    """Files that are made and never changed. All methods raise `PlaceUnreachable`."""

    @property
    def label(self) -> str:
        """Where it is, for people."""

    def names(self) -> AsyncIterator[str]:
        """Of all files, in any order; «/» parts folders."""

    async def read(self, name: str) -> bytes:
        """A file whole."""

    async def put(self, name: str, content: bytes) -> None:
        """Make a file, durable on return; one that is there already with this content stays.

        Raises `PlaceHolds` where it is there with another content.
        """


def name_of(size: int, at: dt.datetime, kind: str) -> str:
    """Of a checkpoint's file: names are in the order of time, and of sizes within a day."""
    return f"{at.astimezone(dt.UTC):%Y/%m/%d}/{size:020}.{kind}"


def read_name(name: str) -> tuple[int, str] | None:
    """Size and kind of a file; nothing for a file that is not ours."""
    found = _NAME.fullmatch(name)
    return (int(found["size"]), found["kind"]) if found else None


async def sizes(place: Place) -> dict[int, list[str]]:
    """The checkpoints that a place holds, by size, with the names of their notes. Raises `PlaceUnreachable`.

    There is one of each size, unless somebody has put another one there, under another day.
    """
    held: dict[int, list[str]] = {}
    async for name in place.names():
        match read_name(name):
            case size, "note":
                held.setdefault(size, []).append(name)
    return held
