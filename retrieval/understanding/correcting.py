"""Accents and capitals put right, and one error in a long word mended."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from retrieval.understanding.lexicon import Form, Lexicon
from retrieval.understanding.spelling import LONGEST, SHORTEST, nearest
from retrieval.understanding.understood import Change, Reason, Steps
from retrieval.understanding.words import WORD, fold, words

MOST_DOUBTS = 16  # words of one question; each takes some 500 look-ups

# Of a question that has no accent at all, a known word is given one where that form is so many times as frequent.
CERTAIN = 10

CAPITALS = 0.8  # share of capitals from which on they say nothing

_INVERTED = re.compile(r"-t-", re.IGNORECASE)  # «a-t-on» has the verb, not «à»

_SENTENCE_BEGINS = re.compile(r"(?:^|[.?!:;…(«\"\n])\s*\Z")


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a question is typed."""

    in_capitals: bool
    without_accents: bool

    @property
    def needed(self) -> float:
        """How many times as frequent as a word another one must be that differs by accents alone."""
        if not self.without_accents:
            return math.inf
        return 1 if self.in_capitals else CERTAIN


def correct(question: str, lexicon: Lexicon, steps: Steps) -> tuple[str, tuple[Change, ...]]:
    """The question with its words as they were meant, and those that are others now.

    References and numbers, names and acronyms stay as they are, and so do words that somebody uses, but for accents.
    """
    manner, defined = _manner(question), _defined(question, lexicon)
    errors = _errors(question, lexicon) if steps.spelling else {}
    pieces, changes, end = list[str](), list[Change](), 0
    for place in words(question):
        typed, folded = place[0], fold(place[0])
        meant, reason = typed, Reason.ACCENTS
        if folded in errors and (manner.in_capitals or not _is_name(place)):
            meant, reason = errors[folded].word, Reason.SPELLING
        elif steps.accents and folded == "a" and _INVERTED.match(question, place.end()):
            meant = "a"
        elif steps.accents and (manner.in_capitals or not _has_capitals_within(typed)):
            meant = _accented(typed, lexicon.forms.get(folded, ()), manner, defined.get(place.start()))
        meant = _capitalised(meant) if _has_capital(place, manner) else meant
        if meant.lower() != typed.lower():
            changes.append(Change(typed, meant, reason))
        pieces += [question[end : place.start()], meant]
        end = place.end()
    return "".join([*pieces, question[end:]]), tuple(changes)


def doubtful(question: str, lexicon: Lexicon) -> list[str]:
    """The words, without accents, that nobody uses and that may be errors; the first few of a long question."""
    in_capitals = _manner(question).in_capitals
    typed = (fold(place[0]) for place in words(question) if in_capitals or not _is_name(place))
    unknown = (one for one in typed if one not in lexicon.forms and one not in lexicon.acronyms)
    return [*islice(dict.fromkeys(one for one in unknown if SHORTEST <= len(one) <= LONGEST), MOST_DOUBTS)]


def _errors(question: str, lexicon: Lexicon) -> Mapping[str, Form]:
    found = ((one, nearest(one, lexicon.forms)) for one in doubtful(question, lexicon))
    return {one: form for one, form in found if form}


def _manner(question: str) -> _Manner:
    letters = [character for character in question if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return _Manner(capitals > max(CAPITALS * len(letters), 3), all(letter.isascii() for letter in letters))


def _is_name(place: re.Match[str]) -> bool:
    """Whether a word has a capital that does not come from the beginning of a sentence."""
    if _has_capitals_within(place[0]):
        return True
    return place[0][0].isupper() and not _SENTENCE_BEGINS.search(place.string, 0, place.start())


def _has_capitals_within(word: str) -> bool:
    return any(character.isupper() for character in word[1:])


def _accented(typed: str, forms: Sequence[Form], manner: _Manner, defined: str | None) -> str:
    """The word as it is written: as a definition has it, or by how frequent its forms are."""
    if not forms:  # in capitals stays what may be an acronym
        return typed.lower() if manner.in_capitals and len(typed) > SHORTEST else typed
    return _form(defined, forms, math.inf) if defined else _form(typed, forms, manner.needed)


def _form(word: str, forms: Sequence[Form], needed: float) -> str:
    """The form that a word has, or the most frequent one, where that is so many times as frequent."""
    same = [form for form in forms if form.word.lower() == word.lower()]
    if not same:
        return forms[0].word
    own = next((form for form in same if form.word == word), same[0])
    return forms[0].word if forms[0].share >= needed * own.share else own.word


def _defined(question: str, lexicon: Lexicon) -> dict[int, str]:
    """The words of long forms that stand beside their acronyms, as the texts write them, by where they begin."""
    places = [*words(question)]
    folded = [fold(place[0]) for place in places]
    found = dict[int, str]()
    for acronym in {lexicon.acronyms[one] for one in folded if one in lexicon.acronyms}:
        long = WORD.findall(acronym.long)
        there = [fold(word) for word in long]
        for start in range(len(folded) - len(long) + 1):
            if folded[start : start + len(long)] == there:
                found |= {place.start(): word for place, word in zip(places[start:], long, strict=False)}
    return found


def _has_capital(place: re.Match[str], manner: _Manner) -> bool:
    """Whether the word's place gives it a capital."""
    if manner.in_capitals:
        return place.start() == 0
    return place[0][0].isupper() and not _has_capitals_within(place[0])


def _capitalised(word: str) -> str:
    return word[0].upper() + word[1:]
