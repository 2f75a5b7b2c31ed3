"""What a child took out of a file: the bytes of all parts, then a list of them as JSON, then how long that is."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import SEEK_END
from typing import Annotated, BinaryIO

from pydantic import Field, TypeAdapter, ValidationError

from ingestion.confined.answer import Broken, Refused, Rubbish
from ingestion.parsing.parts import LONGEST_NAME

LONGEST_ENTRY = 10_000  # bytes in the list

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


@dataclass(frozen=True, slots=True)
class Given:
    """A part that was taken out."""

    name: Name
    length: Annotated[int, Field(ge=0)]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A part that was not."""

    name: Name
    reason: Refused


@dataclass(frozen=True, slots=True)
class Contents:
    """All parts in their order, and why there are no more."""

    parts: tuple[Given | Withheld, ...]
    end: Refused | Broken | None = None

    def placed(self) -> Iterator[tuple[Given | Withheld, int]]:
        """Each part with the place of its first byte."""
        place = 0
        for part in self.parts:
            yield part, place
            place += part.length if isinstance(part, Given) else 0


_CONTENTS: TypeAdapter[Contents] = TypeAdapter(Contents)
_LENGTH = struct.Struct(">Q")


def write(contents: Contents, file: BinaryIO) -> None:
    """The list, after the bytes."""
    listed = _CONTENTS.dump_json(contents)
    file.write(listed + _LENGTH.pack(len(listed)))


def read(file: BinaryIO, most: int) -> Contents:
    """The list of at most so many parts. Raises `Rubbish`."""
    size = file.seek(0, SEEK_END)
    if size < _LENGTH.size:
        raise Rubbish
    file.seek(size - _LENGTH.size)
    (length,) = _LENGTH.unpack(file.read())
    start = size - _LENGTH.size - length
    if start < 0 or length > LONGEST_ENTRY * (most + 1):
        raise Rubbish
    file.seek(start)
    try:
        contents = _CONTENTS.validate_json(file.read(length), strict=True)
    except ValidationError as error:
        raise Rubbish from error
    if sum(part.length for part in contents.parts if isinstance(part, Given)) != start or len(contents.parts) > most:
        raise Rubbish
    return contents
