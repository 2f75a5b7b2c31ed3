"""What a file says of itself, and whom it names as its author.

A file's author is often whoever typed it, or a program: what is not plainly a person's or a body's name is nobody's.
"""

import datetime as dt
import re
from typing import NamedTuple

from ingestion.characters import one_line
from retrieval.corpus import DocumentMetadata

AUTHOR_CHARACTERS = 120

# A word of a name; what holds a figure, a stroke or an address is a login name, a service's code or a machine.
_WORD = re.compile(r"\(?[^\W\d_]+(?:[’'.-][^\W\d_]+)*[.’'-]?[,)]?")
_NOBODY = re.compile(
    r"\b(?:adobe|acrobat|admin\w*|anonym\w+|apache|aspose|auteur|author|canon|client|compte|copieur|default|d[ée]faut|"
    r"distiller|epson|excel|ghostscript|inconnue?|indesign|invit[ée]|itext|konica|kyocera|latex|lexmark|libreoffice|"
    r"microsoft|minolta|multifonction|office|openoffice|openpdf|pdf\w*|poste|powerpoint|python\S*|quark\w*|ricoh|"
    r"scan\w*|sharp|soci[ée]t[ée] anonyme|stagiaire|system\w*|toshiba|unknown|user|utilisat\w+|windows|word|writer|"
    r"xerox)\b",
    re.IGNORECASE,
)


class Described(NamedTuple):
    """The title and the author that a file names, as it writes them, and the day of its last change."""

    title: str = ""
    date: dt.date | None = None
    author: str = ""


def metadata(title: str, described: Described) -> DocumentMetadata:
    """Under that title; the author is a guess."""
    author = issuer(described.author)
    guessed = frozenset({"author"} if author else ())
    return DocumentMetadata(title=title, date=described.date, author=author, guessed=guessed)


def issuer(author: str) -> str:
    """The person or the body that a file names as its author; empty for a program, a login name, several people."""
    name = one_line(author)
    words = name.split()
    if len(name) > AUTHOR_CHARACTERS or len(words) < 2 or not all(map(_WORD.fullmatch, words)):
        return ""
    return "" if _NOBODY.search(name) else name
