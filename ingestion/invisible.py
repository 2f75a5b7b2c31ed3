"""Invisible characters that have no business in a text: told, with the words around them.

`ingestion.characters` takes all of them out; most are ordinary. A soft hyphen, a byte order mark, a word joiner, a
zero-width space where a line may break, the joiners of emoji and of scripts that need them, marks of direction: of none
of these is anything said, however often. What is told:

1. four or more in a row: so many carry a message, and no script needs them (emoji sequences have two at most, UTS #51;
   identifiers none, UTS #39, 3.1);
2. one or more after each of four letters in a row: a word broken up so that no search finds it;
3. an override of direction anywhere, and a turn to the right-to-left where no letter near is written so: the screen
   shows another order than a program reads (UAX #9, 2.1 to 2.4; « Trojan Source », CVE-2021-42574). Turns to the
   left-to-right, which telephones put around names and numbers, change nothing there;
4. tag characters, but for those of a flag (UTS #51, ED-14a): an invisible copy of ASCII.
"""

import re
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
    "|[\u202d\u202e]"
    "|(?P<turn>[\u202b\u2067])"
)
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
    lines = (one for one in root.iter() if etree.QName(one).localname in _LINES)
    return "\n".join("".join(map(str, one.itertext())) for one in lines)


def _places(text: str) -> Iterator[tuple[int, int]]:
    for match in _PLACE.finditer(text):
        if not match["flag"] and not (match["turn"] and _is_at_home(text, match)):
            yield match.span()


def _is_at_home(text: str, turn: re.Match[str]) -> bool:
    """Whether something near is written from right to left."""
    before = text[max(0, turn.start() - NEAR) : turn.start()].rpartition("\n")[2]
    after = text[turn.end() : turn.end() + NEAR].partition("\n")[0]
    return any(one.isalpha() and unicodedata.bidirectional(one) in _FROM_RIGHT for one in before + after)


def _told(text: str, start: int, end: int) -> str:
    before = visible(text[max(0, start - BESIDE) : start]).rpartition("\n")[2]
    after = visible(text[end : end + BESIDE]).partition("\n")[0]
    signs = text[start : min(end, start + WRITTEN)]
    written = "".join(f"[U+{ord(one):04X}]" if _ANY.match(one) else one for one in signs)
    return f"{before}{written}{'…' if end - start > WRITTEN else ''}{after}".strip()
