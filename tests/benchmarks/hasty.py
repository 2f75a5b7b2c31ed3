"""Questions as people in a hurry type them, made from questions that are typed well; the same seed gives the same."""

import random
import re
import unicodedata

LONG = 6  # letters; a longer word gets an error

ROWS = ("azertyuiop", "qsdfghjklm", "wxcvbn")  # of a French keyboard

_WORD = re.compile(r"[^\W\d_]+")


def in_capitals(question: str) -> str:
    """All words without accents and in capitals."""
    return _bare(question).upper()


def with_errors(question: str, seed: int = 0) -> str:
    """One typing error in each word of more than six letters, wherever in it chance has it."""
    chance = random.Random(f"{seed} {question}")  # noqa: S311
    return _WORD.sub(lambda word: _mistyped(word[0], chance) if len(word[0]) > LONG else word[0], question)


def _mistyped(word: str, chance: random.Random) -> str:
    """A neighbouring key instead of the right one or besides it, a letter left out, or two that changed places."""
    kind = chance.choice(("wrong", "besides", "left out", "swapped"))
    place = chance.randrange(len(word))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    if kind == "left out":
        return before + after
    if kind == "swapped":
        return _swapped(word, place)
    key = chance.choice(_near(letter))
    return before + key + after if kind == "wrong" else before + key + letter + after


def _swapped(word: str, place: int) -> str:
    """Two neighbours that differ, from that place on, have changed places."""
    for start in [*range(place, len(word) - 1), *range(place)]:
        if word[start] != word[start + 1]:
            return word[:start] + word[start + 1] + word[start] + word[start + 2 :]
    return word


def _near(letter: str) -> str:
    """The keys around that of a letter."""
    bare = _bare(letter).lower()[0]
    for above, row in enumerate(ROWS):
        if (column := row.find(bare)) >= 0:
            around = (
                ROWS[line][max(0, column - 1) : column + 2] for line in (above - 1, above, above + 1) if 0 <= line < 3
            )
            return "".join(around).replace(bare, "")
    return "e"


def _bare(text: str) -> str:
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
