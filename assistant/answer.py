"""The words of an answer, and what is told while one is made."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from uuid import UUID

from assistant.checking.citations import Quote
from retrieval.corpus import Passage


@dataclass(frozen=True, slots=True)
class Citation:
    """A mark `[n]` in an answer. `passage` is the n-th that the model was given; `quote` those of its words, as they
    stand there, that bear out what is told, from `start` to `end` in the document's text.

    `supported` is the outcome of the check: false only for a mark that the model wrote itself
    and that the passage does not bear out; then nothing is quoted.
    """

    n: int
    passage: Passage
    quote: str
    supported: bool
    start: int = 0
    end: int = 0

    @classmethod
    def of(cls, n: int, passage: Passage, quote: Quote | None) -> "Citation":
        """The mark, with what it quotes."""
        if quote is None:
            return cls(n, passage, "", supported=False)
        begin, words = passage.chunk.locator.start, passage.chunk.text[quote.start : quote.end]
        return cls(n, passage, words, supported=True, start=begin + quote.start, end=begin + quote.end)


def citations(
    passages: Sequence[Passage], quotes: Mapping[int, Quote], doubted: Set[int] = frozenset()
) -> list[Citation]:
    """The marks of an answer in the order of their numbers: those that quote, and those that a model wrote in vain."""
    held = dict(enumerate(passages, start=1))
    numbers = sorted({*quotes, *(doubted & held.keys())})
    return [Citation.of(number, held[number], quotes.get(number)) for number in numbers]


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds from the question on; `first_token_ms` is None where no model was called."""

    retrieval_ms: float
    first_token_ms: float | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader gets in the end. `text` carries the marks; `searched` names the `collections`."""

    id: UUID
    question: str
    text: str
    refused: bool
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    searched: tuple[str, ...]
    collections: tuple[UUID, ...]
    model: str
    timings: Timings
    on: dt.date
    """The day on which the texts that it stands on are in force."""
    partial: tuple[str, ...] = ()
    """French sentences that say what the search had to do without."""
    understood: str = ""
    """The question as it was searched, where it leaned on those before it."""
    supported: int = 0
    """Sentences of the model that the passages bear out."""
    unsupported: int = 0
    """Sentences of the model that claim what the passages do not bear out."""
    extracted: bool = False
    """No sentence of the model was borne out: `text` quotes the passages instead."""


@dataclass(frozen=True, slots=True)
class SourcesFound:
    """First: the passages that the answer will stand on, in the order of their numbers (from 1).

    `understood` is the question as it was searched, where it leaned on those before it.
    """

    passages: tuple[Passage, ...]
    searched: tuple[str, ...]
    understood: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Someone else's answer is being generated; `ahead` people come first."""

    ahead: int


@dataclass(frozen=True, slots=True)
class TextStreamed:
    """The next characters of the answer, marks included. Their concatenation is `Answer.text`,

    unless the answer ends as a refusal: then `Answered` replaces what was streamed.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Answered:
    """Last: the answer, recorded in the ledger before this is said."""

    answer: Answer


AskEvent = SourcesFound | Waiting | TextStreamed | Answered


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and its answer, for follow-up questions."""

    question: str
    answer: str = field(default="")
