"""The stretches of a passage that can bear a sentence out: its sentences, two neighbours, a list with what opens it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from assistant.checking.sentences import sentences
from assistant.checking.terms import Term, terms

LONGEST_LIST = 15  # lines
# The shares of their words that a sentence tells of two neighbours, of a list's item, of what opens a list.
BOTH = 0.7
ITEM = 0.5
OPENING = 0.3

REMEMBERED = 3  # sentences that a pronoun may look back to

_SPEAKS_OF = re.compile(
    r"(?:[\w'’-]+[ ,]+){0,2}?(?:ils?|elles?|cet?|cette|ces|cel(?:ui|le)s?-ci|ceux-ci|cela|en|y|lui|leurs?)\b",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a stretch is made of."""

    SENTENCE = "sentence"
    NEIGHBOURS = "neighbours"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Stretch:
    """`parts` are the spans of its sentences in the passage's text; `before` what its pronouns may stand for."""

    kind: Kind
    parts: tuple[tuple[int, int], ...]
    terms: tuple[tuple[Term, ...], ...]
    before: frozenset[str] = frozenset()

    def told(self, keys: frozenset[str]) -> tuple[int, ...]:
        """The numbers of its sentences that a sentence with these keys tells; none where it does not tell the stretch.

        Two neighbours are told if the most of both is; of a list, what opens it and the items of which half is.
        """
        shares = [sum(bool(term.forms & keys) for term in part) / max(1, len(part)) for part in self.terms]
        match self.kind:
            case Kind.SENTENCE:
                return (0,)
            case Kind.NEIGHBOURS:
                whole = all(share >= BOTH and len(part) > 2 for share, part in zip(shares, self.terms, strict=True))
                return (0, 1) if whole else ()
            case Kind.LIST:
                items = tuple(n for n, share in enumerate(shares) if n and share >= ITEM)
                return (0, *items) if items and shares[0] >= OPENING else ()


def stretches(text: str) -> list[Stretch]:
    """All of them, sentences first."""
    spans = list(_spans(text))
    lines = [text[start:end] for start, end in spans]
    read = [terms(line) for line in lines]
    single = [Stretch(Kind.SENTENCE, (span,), (read[n],), _before(lines, n)) for n, span in enumerate(spans)]
    pairs = [
        Stretch(Kind.NEIGHBOURS, one.parts + two.parts, one.terms + two.terms, one.before)
        for one, two in pairwise(single)
    ]
    lists = [
        Stretch(Kind.LIST, tuple(spans[start:end]), tuple(read[start:end]), single[start].before)
        for start, end in _lists(lines)
    ]
    return [*single, *pairs, *lists]


def _before(lines: list[str], n: int) -> frozenset[str]:
    """The words of the sentences before, if this one begins by speaking of them."""
    if not _SPEAKS_OF.match(lines[n]):
        return frozenset()
    return frozenset(term.key for line in lines[max(0, n - REMEMBERED) : n] for term in terms(line))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for sentence in sentences(text):
        if said := sentence.strip():
            begin = start + sentence.index(said)
            yield begin, begin + len(said)
        start += len(sentence)


def _lists(lines: list[str]) -> Iterator[tuple[int, int]]:
    """From a line that ends with a colon to the last of its items."""
    for start, line in enumerate(lines):
        if line.endswith(":"):
            end = start + 1
            while end < min(len(lines), start + 1 + LONGEST_LIST) and not lines[end].endswith(":"):
                end += 1
                if lines[end - 1].endswith("."):
                    break
            if end > start + 1:
                yield start, end
