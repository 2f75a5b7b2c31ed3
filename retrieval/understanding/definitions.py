"""Acronyms and what they stand for, as texts define them: «allocation aux adultes handicapés (AAH)», or the other way
round.

After Schwartz & Hearst, «A simple algorithm for identifying abbreviation definitions in biomedical text», 2003. More
strictly than there, the letters are those with which the long form's words begin, as is the custom in French
administration; small words may be passed over, and a word may give more letters than its first («Carsat»).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from retrieval.understanding.words import fold

SMALL = frozenset("a au aux avec d dans de des du en et l la le les ou par pour sans sur un une".split())  # noqa: SIM905

REACH = 150  # characters before a bracket in which a long form may stand
LONGEST = 16  # words of a long form

_BRACKETS = re.compile(r"\(\s*([^()\n]{2,120}?)\s*\)")
_BREAK = re.compile(r"[\n.;:,()«»“”]")
_TOKEN = re.compile(r"[^\W_]+")
_SHORT = re.compile(r"[A-ZÀ-Ý][A-Za-zÀ-ÿ0-9]{1,9}(?:-[A-Z]{1,4})?")
_GLUED = re.compile(r"[a-zà-ÿ][A-ZÀ-Ý]|[A-ZÀ-Ý]{2}[a-zà-ÿ]")  # words that lost the blank between them


class Definition(NamedTuple):
    """As written, but for blanks and typographic apostrophes."""

    short: str
    long: str


def definitions(text: str) -> Iterator[Definition]:
    """Those that a text gives, in its order; one as often as it is given."""
    for brackets in _BRACKETS.finditer(text):
        inner = brackets[1]
        before = _BREAK.split(text[max(0, brackets.start() - REACH) : brackets.start()])[-1]
        if _SHORT.fullmatch(inner):
            short, long = inner, _ending(_letters(inner), before)
        else:
            short, long = _last_in_capitals(before), inner
            if not short or not _stands_for(_letters(short), [fold(token) for token in _TOKEN.findall(long)]):
                continue
        if long and not _GLUED.search(long):
            yield Definition(short, " ".join(long.replace("’", "'").split()))


def _letters(short: str) -> str:
    return "".join(character for character in fold(short) if character.isalnum())


def _last_in_capitals(before: str) -> str:
    """The acronym right before the bracket, if there is one."""
    last = re.search(r"([^\W_]+)\s*$", before)
    return last[1] if last and last[1].isupper() and _SHORT.fullmatch(last[1]) else ""


def _ending(letters: str, before: str) -> str:
    """The shortest end of what stands before the bracket for which these letters stand; empty: none."""
    places = list(_TOKEN.finditer(before))
    folded = [fold(place[0]) for place in places]
    for count in range(2, min(len(places), 2 * len(letters) + 4, LONGEST) + 1):
        if _stands_for(letters, folded[-count:]):
            return before[places[-count].start() :].strip()
    return ""


def _stands_for(letters: str, words: Sequence[str]) -> bool:
    """Whether the letters, in this order and all of them, come from the beginnings of all words but small ones."""
    if not 2 <= len(words) <= LONGEST or words[0] in SMALL or words[0][0] != letters[0]:
        return False
    used = {0}  # how many of the letters the words so far may account for
    for word in words:
        passed_over = used if word in SMALL else set[int]()
        used = passed_over | {after for before in used for after in _taken(letters, before, word)}
    return len(letters) in used


def _taken(letters: str, start: int, word: str) -> Iterator[int]:
    """How many letters are accounted for after a word that gives its first letter, and perhaps some that follow."""
    place = 0
    for count, letter in enumerate(letters[start:], start + 1):
        place = word.find(letter, place)
        if place < 0 or (count == start + 1 and place > 0):
            return
        place += 1
        yield count
