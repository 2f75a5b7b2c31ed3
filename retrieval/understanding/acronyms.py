"""Acronyms of a question, with what they stand for.

The long form of a question is not given its acronym: measured, that changes nothing.
"""

from collections.abc import Iterator
from itertools import islice

from retrieval.references import asked, short_forms
from retrieval.understanding.lexicon import Lexicon
from retrieval.understanding.understood import Change, Reason
from retrieval.understanding.words import fold, run, words

MOST = 4  # of one question


def expansions(question: str, lexicon: Lexicon) -> tuple[Change, ...]:
    """The long forms that the question does not say itself."""
    said = f" {run(question)} "
    codes = {fold(form) for reference in asked(question) for form in short_forms(reference.code)}
    found = (
        one
        for one in _expansions(question, lexicon)
        if f" {run(one.meant)} " not in said and fold(one.typed) not in codes  # «art. L. 1 CSS» speaks of a code
    )
    return tuple(islice(dict.fromkeys(found), MOST))


def _expansions(question: str, lexicon: Lexicon) -> Iterator[Change]:
    for place in words(question):
        acronym = lexicon.acronyms.get(fold(place[0]))
        if acronym and (place[0].isupper() or not acronym.is_word):
            yield Change(place[0], acronym.long, Reason.ACRONYM)
