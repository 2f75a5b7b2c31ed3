"""Whether a text is French, by the small words that every French text is full of."""

import re

from assistant.checking.words import STOP_WORDS, fold

# Of French administrative texts a third are such words; of English, German, Spanish or Italian ones less than a tenth.
FRENCH = 0.12
FEWEST_WORDS = 40

_WORD = re.compile(r"[^\W\d_]+")
# Words that other languages have too.
_SHARED = frozenset({"on", "me", "ton", "son", "es", "la", "se", "si", "no", "un", "plus", "en"})


def is_french(text: str) -> bool:
    """True also where there are too few words to tell."""
    words = [fold(word) for word in _WORD.findall(text)]
    if len(words) < FEWEST_WORDS:
        return True
    small = sum(word in STOP_WORDS and word not in _SHARED for word in words)
    return small >= FRENCH * len(words)
