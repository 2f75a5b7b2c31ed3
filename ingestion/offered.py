"""Looking at a file that somebody wants to attach, before anything is kept of it."""

import hashlib
import unicodedata
from pathlib import Path, PurePath

from ingestion.errors import DocumentEmpty, FileUnreadable, FormatUnread
from ingestion.intake import FileIntake, IntakeLimits, known_suffixes
from ingestion.parsing import jsonl

NAME_LENGTH = 200  # characters
SUFFIX_LENGTH = 20

AGAIN = "Vérifiez que c’est le bon fichier, puis joignez-le à nouveau."


def displayed(name: str) -> str:
    """A file's name as it is kept: without folders and what nobody sees, its end kept where it is too long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in "\u2028\u2029").strip()
    if len(seen) > NAME_LENGTH:
        suffix = PurePath(seen).suffix[:SUFFIX_LENGTH]
        seen = f"{seen[: NAME_LENGTH - len(suffix) - 1]}…{suffix}"
    return seen or "fichier"


def examined(name: str, path: Path, limits: IntakeLimits) -> str:
    """The SHA-256, in hexadecimal, of a file that may be received. Raises `DocumentRefused`."""
    known = known_suffixes()
    if PurePath(name).suffix.lower() not in known and not jsonl.holds_records(name):
        raise FormatUnread(name, known)
    digest, size = hashlib.sha256(), 0
    try:
        for piece in FileIntake("", name, path, limits.file).pieces():
            digest.update(piece)
            size += len(piece)
    except FileUnreadable as error:  # which names its path
        raise FileUnreadable(name, "le fichier n’a pas pu être lu", "Joignez-le à nouveau.") from error
    if not size:
        raise DocumentEmpty(name, AGAIN)
    return digest.hexdigest()
