"""What is known of the words of one question, from ordinary French and from the texts that may be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Form(NamedTuple):
    """A word as it is written in the midst of a sentence (an acronym in capitals), and its share of all words."""

    word: str
    share: float


class Acronym(NamedTuple):
    """What it stands for; `is_word`: without its capitals it is an ordinary word too."""

    long: str
    is_word: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """By what they are without accents, in lower case: the forms of words, the most frequent first, and acronyms."""

    forms: Mapping[str, tuple[Form, ...]] = field(default_factory=dict)
    acronyms: Mapping[str, Acronym] = field(default_factory=dict)
