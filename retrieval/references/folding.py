"""Text as the patterns of references read it."""

import re
import unicodedata

# Accents, once they stand apart, and what nobody sees.
_LEFT_OUT = re.compile("[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]+")
_ALIKE = (
    [("œ", "oe")]
    + [(one, "'") for one in "\u2018\u2019\u02bc\u2032`"]
    + [(one, "-") for one in "\u2010\u2012\u2013\u2014\u2015\u2043\u2212"]
)
_AFTER_ELISION = re.compile(r"\b(qu|[dl]) ?' ?")


def plain(text: str) -> str:
    """Without accents and capitals, one kind of hyphen, apostrophe and blank, no two blanks side by side."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    if not folded.isascii():
        folded = _LEFT_OUT.sub("", folded)
        for one, usual in _ALIKE:
            folded = folded.replace(one, usual)
    return _AFTER_ELISION.sub(r"\1'", " ".join(folded.split()))
