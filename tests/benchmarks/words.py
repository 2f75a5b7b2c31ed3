"""Words of a text, and how many of those expected stand in what was read, in order."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Letters and digits as they are, without what stands between them; a ligature is its letters."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("œ", "oe").replace("Œ", "OE"))


def in_order(expected: Sequence[object], found: Sequence[object]) -> list[tuple[int, int]]:
    """Places, in both, of what stands in the same order in both."""
    matcher = SequenceMatcher(None, expected, found, autojunk=False)
    return [(block.a + n, block.b + n) for block in matcher.get_matching_blocks() for n in range(block.size)]
