"""An answer's text as it streams, each finished sentence checked and marked.

Invariants:
1. However the same text is cut into pieces, what comes out is the same in all.
2. What came out is never taken back. Where unsupported sentences are dropped, none comes out before its end.
3. Every `[n]` that comes out was put there by the check; those that the model wrote are swallowed.
4. Nothing that comes out is a link, an image or HTML in Markdown, and no character of it is unseen.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.checking.citations import CitationCheck, Quote, Support
from assistant.checking.sentences import first_end
from assistant.prompts.neutral import inert, seen
from retrieval.unsupported import Unsupported

UNSUPPORTED_MARK = " (non vérifié dans les documents)"
DROPPED = "Des phrases que les documents ne confirment pas ont été retirées de la réponse."

_OWN_MARK = re.compile(r"\s*\[(\d[\d\s,;]*)\]")
# What may still turn out to be a mark, the blank before one, or belong to the end of the sentence.
_UNDECIDED = re.compile(r"(?:[\s.!?…:;«»“”\"’()\[<–—•*-]|\[[\d\s,;]*\])*(?:\[[\d\s,;]*)?\Z")
_END = re.compile(r"\s*[.!?…:;]*\s*\Z")


class Outcome(StrEnum):
    """What the check says of a sentence."""

    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"
    DROPPED = "dropped"
    """Unsupported, and left out by the rule of a collection."""
    NO_CLAIM = "no claim"
    """It says nothing that could be checked."""


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A finished sentence without marks, the numbers of passages that bear it out, and those written in vain."""

    text: str
    outcome: Outcome
    cited: tuple[int, ...]
    doubted: tuple[int, ...]


class CheckedText:
    """Text in, checked text out; `supported`, `unsupported`, `quotes`, `doubted` and `sentences` grow on the way."""

    def __init__(self, check: CitationCheck, rule: Unsupported = Unsupported.MARK) -> None:
        self._check = check
        self._rule = rule
        self._sentence = ""  # as the model wrote it so far
        self._begun = False
        self._shown = 0  # how much of it, cleaned, came out already
        self.supported = 0
        self.unsupported = 0
        self.dropped = 0  # of the unsupported ones
        self.quotes: dict[int, Quote] = {}  # number of a passage that was cited: where it bears sentences out
        self.doubted: set[int] = set()  # numbers that the model wrote where the passage bears nothing out
        self.sentences: list[CheckedSentence] = []

    def feed(self, piece: str) -> str:
        """What can be shown after this piece."""
        return "".join(self._advance(piece, complete=False))

    def finish(self) -> str:
        """What is left to show."""
        return "".join(self._advance("", complete=True))

    def _advance(self, piece: str, *, complete: bool) -> Iterator[str]:
        piece = seen(piece)
        # A base model begins with the blank between «Réponse :» and its answer.
        self._sentence = self._sentence + piece if self._begun else piece.lstrip()
        self._begun = self._begun or bool(self._sentence)
        while end := first_end(self._sentence, complete=complete):
            finished, rest = self._sentence[:end], self._sentence[end:]
            yield self._marked(finished)[self._shown :]
            self._sentence, self._shown = rest, 0
        if self._rule is Unsupported.DROP:
            return
        decided = _UNDECIDED.search(self._sentence)
        clean = _clean(self._sentence[: decided.start()] if decided else self._sentence)
        yield clean[self._shown :]
        self._shown = len(clean)

    def _marked(self, sentence: str) -> str:
        """The finished sentence with its marks before its full stop; nothing of one that is dropped."""
        clean, own = _clean(sentence), _own_numbers(sentence)
        support = self._check.support(clean, preferred=own)
        outcome = self._outcome(clean, support)
        doubted = tuple(dict.fromkeys(number for number in own if number not in support.quotes))
        self.sentences.append(CheckedSentence(clean.strip(), outcome, tuple(sorted(support.quotes)), doubted))
        self._count(outcome, support, doubted)
        if outcome is Outcome.DROPPED:
            return ""
        marks = UNSUPPORTED_MARK if outcome is Outcome.UNSUPPORTED else support.marks
        end = _END.search(clean)
        position = end.start() if end else len(clean)
        return clean[:position] + marks + clean[position:]

    def _outcome(self, clean: str, support: Support) -> Outcome:
        if support.quotes:
            return Outcome.SUPPORTED
        if not self._check.claims(clean):
            return Outcome.NO_CLAIM
        return Outcome.DROPPED if self._rule is Unsupported.DROP else Outcome.UNSUPPORTED

    def _count(self, outcome: Outcome, support: Support, doubted: Sequence[int]) -> None:
        self.doubted.update(doubted)
        self.supported += outcome is Outcome.SUPPORTED
        self.unsupported += outcome in (Outcome.UNSUPPORTED, Outcome.DROPPED)
        self.dropped += outcome is Outcome.DROPPED
        for number, quote in support.quotes.items():
            self.quotes[number] = quote | self.quotes.get(number, quote)


def _clean(text: str) -> str:
    """Without the model's own marks; other brackets become parentheses, so that no mark or link can be forged."""
    return inert(_OWN_MARK.sub("", text))


def _own_numbers(text: str) -> list[int]:
    return [int(number) for marks in _OWN_MARK.findall(text) for number in re.findall(r"\d+", marks)]
