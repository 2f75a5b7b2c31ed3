"""Files that hold files: which they are, and what is in them."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO

from ingestion.parsing import archive, email
from ingestion.parsing.parts import BadPart, Part, PartLimits

SUFFIXES = archive.SUFFIXES | email.EmailParser.suffixes


def holds_files(name: str) -> bool:
    """Whether a file of that name may hold others."""
    return PurePath(name).suffix.lower() in SUFFIXES


def is_read_itself(name: str) -> bool:
    """Whether it is a document too: a message is, an archive is not."""
    return PurePath(name).suffix.lower() in email.EmailParser.suffixes


def parts(file: BinaryIO, name: str, limits: PartLimits) -> Iterator[Part | BadPart]:
    """The files in it, one after the other. Raises `DocumentRefused`; what was given until then is good."""
    if is_read_itself(name):
        return email.attachments(file.read(), name, limits)
    return archive.parts(file, name, limits)
