"""Which word was meant: the most frequent one at one error's distance.

After Norvig, «How to write a spelling corrector», 2007, and Damerau, 1964: one letter too many, missing, wrong, or two
that changed places. Accents are no letters here: they come with the word that is found.
"""

import string
from collections.abc import Mapping
from functools import lru_cache

from retrieval.understanding.lexicon import Form

SHORTEST, LONGEST = 5, 30  # letters of a word that may be an error, and of what it may be an error for


@lru_cache(maxsize=32)  # whoever looks them up asks again which one is the nearest
def neighbours(folded: str) -> frozenset[str]:
    """All that is one error away from a word without accents: some 54 for each of its letters."""
    cuts = [(folded[:place], folded[place:]) for place in range(len(folded) + 1)]
    letters = string.ascii_lowercase
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    found |= {left + letter + right for left, right in cuts for letter in letters}
    return frozenset(one for one in found if len(one) >= SHORTEST and one != folded)


def nearest(folded: str, forms: Mapping[str, tuple[Form, ...]]) -> Form | None:
    """The most frequent of these forms that is one error away, or None."""
    known = (forms[one][0] for one in neighbours(folded) if one in forms)
    return max(known, key=lambda form: (form.share, form.word), default=None)
