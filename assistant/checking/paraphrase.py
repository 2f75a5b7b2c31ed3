"""Whether a sentence may say in words of its own what a stretch says, as far as words can be compared.

A model may judge only then: figures, dates, articles, names and negations are compared, and never left to it.
"""

import re
from collections.abc import Sequence

from assistant.checking.bearing import agrees
from assistant.checking.terms import Term
from assistant.checking.words import STOP_WORDS, fold

# So much of the sentence stands in the stretch, at least.
SHARED = 1 / 3

_WORD = re.compile(r"[^\W\d_]+")


def may_paraphrase(
    sentence: str, claim: Sequence[Term], stretch: Sequence[Term], about: frozenset[str], text: str
) -> bool:
    """`about` are the words of titles and headings, `text` the stretch with them.

    A sentence that has no word of its own was compared whole, and is not judged anew.
    """
    keys = {term.key for term in claim}
    theirs = {form for term in stretch for form in term.forms}
    return (
        not keys <= theirs | about
        and len(keys & theirs) >= SHARED * len(keys)
        and _names(sentence) <= {fold(word) for word in _WORD.findall(text)}
        and agrees(claim, stretch, about)
    )


def _names(sentence: str) -> set[str]:
    """The words with a capital; that which opens the sentence too, unless it is a small word."""
    found = {fold(word) for word in _WORD.findall(sentence) if word[0].isupper()}
    return found - STOP_WORDS
