"""Words in a text, and their form without accents."""

import re
import unicodedata
from collections.abc import Iterator

WORD = re.compile(r"[^\W\d_]+")

_BETWEEN_BLANKS = re.compile(r"\S+")

# What has one of these is a reference, a number or an address: nothing to be corrected or counted.
_NO_WORD = re.compile(r"[\d@]|://|[^\W\d_]{2}\.[a-z]{2}")

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def fold(text: str) -> str:
    """In lower case, without accents and ligatures."""
    if text.isascii():
        return text.lower()
    lower = unicodedata.normalize("NFKD", text).lower().translate(_LIGATURES)
    decomposed = unicodedata.normalize("NFKD", lower)
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> Iterator[re.Match[str]]:
    """The words of a text in their places; those of references, numbers and addresses are left out."""
    for piece in _BETWEEN_BLANKS.finditer(text):
        if not _NO_WORD.search(piece[0]):
            yield from WORD.finditer(text, piece.start(), piece.end())


def distinct_words(text: str) -> set[str]:
    """The same words, each once, as they are written."""
    pieces = (piece for piece in set(text.split()) if not _NO_WORD.search(piece))
    return {word for piece in pieces for word in WORD.findall(piece)}


def run(text: str) -> str:
    """All words of a text without accents, with one blank between two."""
    return " ".join(fold(word) for word in WORD.findall(text))
