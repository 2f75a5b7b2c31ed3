"""Words of a text that nobody trusts yet: the places that were found in it, with the words around them, and characters
that nobody sees, told apart.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

BESIDE = 200  # characters around a place
LONGEST_PLACE = 1_000  # characters of one place
LONGEST = 20_000  # characters that are shown of what no reader sees

_KEPT = frozenset("\n\t")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The words of a place, and those on both sides of it; `start` is where it begins in the text."""

    start: int
    before: Markup
    words: Markup
    after: Markup


def excerpts(text: str, places: Sequence[tuple[int, int]]) -> list[Excerpt]:
    """Those of the places that stand in the text."""
    return [_excerpt(text, start, end) for start, end in places if 0 <= start < end <= len(text)]


def told_apart(text: str) -> Markup:
    """The text, the first `LONGEST` characters; each character that nobody sees by its code point, marked."""
    cut = text[:LONGEST]
    return Markup("").join(_pieces(cut)) + (Markup("…") if len(text) > LONGEST else Markup(""))


def _excerpt(text: str, start: int, end: int) -> Excerpt:
    first, last = max(0, start - BESIDE), min(len(text), end + BESIDE)
    before = ("…" if first else "") + text[first:start]
    after = text[end:last] + ("…" if last < len(text) else "")
    return Excerpt(
        start, told_apart(before), told_apart(text[start : min(end, start + LONGEST_PLACE)]), told_apart(after)
    )


def _pieces(text: str) -> Iterator[Markup]:
    for one in text:
        if one in _KEPT or unicodedata.category(one)[0] not in "CZ" or one == " ":
            yield Markup("{}").format(one)
        elif unicodedata.category(one) in ("Zs", "Zl", "Zp"):
            yield Markup("{}").format(" " if unicodedata.category(one) == "Zs" else "\n")
        else:
            yield Markup('<mark title="{}">[U+{:04X}]</mark>').format(
                unicodedata.name(one, "caractère sans nom"), ord(one)
            )
