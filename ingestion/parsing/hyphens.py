"""Words that the end of a line cuts in two."""

import re
from collections.abc import Sequence
from functools import cached_property

from ingestion.parsing.lines import HYPHEN

# Words that French ties to the one before with a hyphen.
_TIED = "au aux ce ci elle elles en eux il ils je la là le les leur lui moi même mêmes nous on t toi tu vous y à"
TIED = frozenset([*_TIED.split(), "dessous", "dessus"])
# Words that French ties to the one after, and that hardly ever begin another.
_TYING = "arrière après demi grand grande grandes grands non nus tiers vice"
TYING = frozenset(_TYING.split())

_BEGINNING = re.compile(r"[\w’']*")
_WORD = re.compile(r"\w[\w-]*")


class Hyphens:
    """Joins words by what the document writes elsewhere; its words are collected once, if any is cut."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    @cached_property
    def _words(self) -> frozenset[str]:
        between_blanks = {*"\n".join(self._texts).lower().split()}  # many are there often
        return frozenset(_WORD.findall("\n".join(between_blanks)))

    def before(self, line: str, following: str) -> str:
        """The line as it is written before the one that follows it."""
        if not line.endswith(HYPHEN):
            return f"{line} "
        line = line.removesuffix(HYPHEN)
        return f"{line}-" if self._is_tied(re.split(r"\s", line)[-1], _beginning(following)) else line

    def _is_tied(self, before: str, after: str) -> bool:
        """Whether the hyphen belongs to the word, rather than only parting it."""
        whole, tied = f"{before}{after}".lower(), f"{before}-{after}".lower()
        return tied in self._words or (whole not in self._words and _keeps_hyphen(before, after))


def _beginning(line: str) -> str:
    match = _BEGINNING.match(line)
    return match[0] if match else ""


def _keeps_hyphen(before: str, after: str) -> bool:
    first = re.split(r"\W", after)[0].lower()
    return (
        not before[-1:].islower()
        or not after[:1].islower()
        or first in TIED
        or before in TYING
        or "-" in before
        or "/" in before
    )
