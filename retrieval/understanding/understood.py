"""What becomes of a question before it is searched."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why something was changed."""

    ACCENTS = "accents"
    SPELLING = "spelling"
    ACRONYM = "acronym"
    """Its long form was added."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was typed, and what is searched instead of it or, of an acronym, besides it."""

    typed: str
    meant: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps are taken; each can be left out, to measure what it is worth."""

    accents: bool = True
    spelling: bool = True
    acronyms: bool = True


ALL_STEPS = Steps()


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was meant, the same for the embedding model and for the index of words, and what was changed.

    Words that were taken for errors stay in `text_for_words`, for they may be right. What acronyms stand for is in
    `text_for_meaning` alone: as words they would count for more than the rest of the question.
    """

    question: str
    text_for_meaning: str
    text_for_words: str
    changes: tuple[Change, ...] = ()
