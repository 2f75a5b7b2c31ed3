"""Invisible characters that have no business in a text: told, with the words around them.

`ingestion.characters` takes all of them out; most are ordinary. A soft hyphen, a byte order mark, a word joiner, a
zero-width space where a line may break, the joiners of emoji and of scripts that need them, marks of direction: of none
of these is anything said, however often. What is told:

1. four or more in a row: so many carry a message, and no script needs them (emoji sequences have two at most, UTS #51;
   identifiers none, UTS #39, 3.1);
2. one or more after each of four letters in a row: a word broken up so that no search finds it;
3. what makes the screen show another order than a program reads (UAX #9, 2.1 to 2.4; « Trojan Source »,
   CVE-2021-42574): an override to the right-to-left anywhere, a turn to it where no letter near is written so, and an
   override to the left-to-right where one is. Elsewhere turns and overrides to the left-to-right, which telephones
   put around names and numbers, change nothing;
4. tag characters, but for those of a flag (UTS #51, ED-14a): an invisible copy of ASCII.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from ingestion.characters import visible

PLACES = 20  # told of one text
BESIDE = 30  # characters told on each side
WRITTEN = 16  # characters of one place written by their code points
NEAR = 200  # characters on each side, on the same line, in which a letter from right to left would stand

_TAGS = "\U000e0000-\U000e007f"
_SHAPELESS = (
    "\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_LETTERS = "0-9A-Za-z\u00c0-\u024f\u0370-\u03ff\u0400-\u052f"  # of scripts that need none of these between them

_ANY = re.compile(f"[{_SHAPELESS}{_TAGS}]")
_PLACE = re.compile(
    "(?P<flag>\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)"
    f"|[{_TAGS}]+"
    f"|[{_SHAPELESS}]{{4,}}"
    f"|(?:[{_LETTERS}][{_SHAPELESS}]+){{4,}}"
    "|\u202e"
    "|(?P<back>\u202d)"
    "|(?P<turn>[\u202b\u2067])"
)
_SCRIPTS = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)  # from right to left
_FROM_RIGHT = frozenset({"R", "AL"})
_LINES = frozenset({"h", "is", "p", "si"})  # the elements of office files that hold one line


def invisible_places(text: str) -> str:
    """The first places of such characters in a text as a file has it, one a line, each by its code point."""
    if text.isascii() or not _ANY.search(text):
        return ""
    told = (_told(text, start, end) for start, end in islice(_places(text), PLACES))
    return "\n".join(dict.fromkeys(told))


def raw_text(root: etree._Element) -> str:
    """The text of a part of an office file, line by line, if it holds an invisible character at all; else nothing."""
    if not _ANY.search(str(root.xpath("string()"))):
        return ""
    return "\n".join(_lines(root))


def _lines(root: etree._Element) -> Iterator[str]:
    """Each line once: one in a box that a line holds is part of that line, so depth costs nothing."""
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if etree.QName(element).localname in _LINES:
            yield "".join(map(str, element.itertext()))
            walk.skip_subtree()


def _places(text: str) -> Iterator[tuple[int, int]]:
    home = _Home(text)
    for match in _PLACE.finditer(text):
        if match["flag"]:
            continue
        if not (match["turn"] or match["back"]) or home.is_near(match) == bool(match["back"]):
            yield match.span()


class _Home:
    """Where a text is written from right to left, asked of places one after the other: all cost one walk."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._letters = (one.start() for one in _SCRIPTS.finditer(text) if _is_from_right(one[0]))
        self._letter = -1

    def is_near(self, place: re.Match[str]) -> bool:
        """Whether such a letter is near on the same line."""
        start, end = place.span()
        first = max(0, start - NEAR)
        first = max(first, self._text.rfind("\n", first, start) + 1)
        while self._letter < first:
            self._letter = next(self._letters, sys.maxsize)
        return self._letter < end + NEAR and "\n" not in self._text[end : self._letter]


def _is_from_right(letter: str) -> bool:
    return letter.isalpha() and unicodedata.bidirectional(letter) in _FROM_RIGHT


def _told(text: str, start: int, end: int) -> str:
    before = visible(text[max(0, start - BESIDE) : start]).rpartition("\n")[2]
    after = visible(text[end : end + BESIDE]).partition("\n")[0]
    signs = text[start : min(end, start + WRITTEN)]
    written = "".join(f"[U+{ord(one):04X}]" if _ANY.match(one) else one for one in signs)
    return f"{before}{written}{'…' if end - start > WRITTEN else ''}{after}".strip()
