"""What a French text says, as a sequence of terms that can be compared with another's.

A term is a word of meaning or a figure. Words of one sense have one key; figures (numbers with their unit,
dates, amounts, rates, articles, numbers of forms) have one form however they are written. A term knows the small
words that turn what it says, and whether it is the one by whom something is done.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from assistant.checking.figures import KINDS, UNITS, forms
from assistant.checking.figures import PATTERN as FIGURE
from assistant.checking.lexicon import Lexicon
from assistant.checking.number_words import in_digits
from assistant.checking.qualifiers import BEHIND, Qualifier, qualifier
from assistant.checking.qualifiers import PATTERN as QUALIFIER
from assistant.checking.words import STOP_WORDS, fold, stem


@dataclass(frozen=True, slots=True)
class Term:
    """`forms` are the figures that are true where this one is: in «le 3 mars 2024» also «mars 2024».

    `opener` is the small word or the comma with which a phrase begins here, empty in the midst of one.
    """

    key: str
    forms: frozenset[str]
    figure: bool = False
    qualifiers: frozenset[Qualifier] = field(default=frozenset())
    agent: bool = False
    opener: str = ""


# Words that say little of their own: «il bénéficie d'un délai» is «il a un délai».
_LIGHT = STOP_WORDS | frozenset(
    fold(word)
    for word in """
    bénéficie bénéficient bénéficiez bénéficier dispose disposent disposez disposer constitue constituent constituer
    effectue effectuent effectuer effectué effectuée effectués effectuées réalise réalisent réaliser réalisé réalisée
    réalisés réalisées procède procèdent procéder agit agir agissant existe existent avons avez auront aura aurez serez
    également aussi toutefois cependant néanmoins ainsi notamment précisément voir fera ferez faites concernant relatif
    relative relatifs relatives après avant quant quelle à deviennent devient reste restent êtes serait seraient soient
    peut ci là lui elle même
    """.split()  # noqa: SIM905  # read as a text
)
_PHRASES = (
    "au moyen d|dans le cadre d|à titre|au titre d|(?:en|dans le|au) cas|par exemple|(?:a|ont|aura|avoir) lieu"
    "|en vertu d|à l'égard d|le cas échéant|en matière d|il est possible d"
)

_TOKEN = re.compile(
    rf"{FIGURE}"
    r"|(?P<by>\bpar (?=(?:les?|la|une?|des|sa|ses|son|leurs?|votre|vos|notre|nos|tout|toute|chaque|ce|cette|ces) |l'))"
    rf"|(?P<phrase>\b(?:{_PHRASES})(?=[\s'e,.]))"
    rf"|{QUALIFIER}"
    r"|(?P<word>[^\W\d_]{2,}|\bà\b)"
    r"|(?P<pause>[.;:!?\n,])"
)

# Where a phrase begins that can stand elsewhere in the sentence; those in one line open the same.
_OPENERS = {
    word: line.split()[0]
    for line in """
    si lorsque lorsqu quand
    pendant durant
    et ou mais puis soit
    qui que qu dont lequel laquelle
    à au aux
    pour afin
    dans
    en
    sur
    sous
    par
    avec
    selon
    chez
    lors
    auprès
    """.strip().splitlines()
    for word in line.split()
}
_NO_OPENERS = frozenset({Qualifier.NOT, Qualifier.MAY, Qualifier.MUST, Qualifier.ONLY})
BEGINNING = "^"

_lexicon = Lexicon(stem)


@lru_cache(maxsize=4096)
def terms(text: str) -> tuple[Term, ...]:
    """The terms in their order."""
    return tuple(_Reader(_normal(text)).read())


def _normal(text: str) -> str:
    for variant, usual in (("œ", "oe"), ("Œ", "oe"), ("’", "'"), ("‑", "-"), ("\u202f", " "), ("\u00a0", " ")):
        text = text.replace(variant, usual)
    return in_digits(text.replace("pour cent", "pourcent")).lower()


class _Reader:
    """Reads a text once, from left to right; small words wait for the term that they bear on."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._waiting: set[Qualifier] = set()
        self._aside: set[Qualifier] = set()
        self._by = False
        self._opener = BEGINNING
        self._read: list[Term] = []

    def read(self) -> Iterator[Term]:
        for match in _TOKEN.finditer(self._text):
            if (found := qualifier(match)) is not None:
                if found is Qualifier.EXCEPT:  # «n'est pas tenu, sauf accord contraire, de fournir»
                    self._aside, self._waiting = self._waiting, set()
                self._waiting.add(found)
                if found not in _NO_OPENERS:
                    self._opener = self._opener or found.value
            elif match.group() == ",":
                self._waiting, self._aside = self._waiting | self._aside, set()
                self._opener = self._opener or ","
                self._close_behind()
            elif match.lastgroup == "phrase":
                self._opener = self._opener or match.group().split()[0]
            elif match.lastgroup == "pause":
                self._close()
            elif match.lastgroup == "by":
                self._by, self._opener = True, "par"
            else:
                self._tell(match.lastgroup or "", match.group())
        self._close()
        return iter(self._read)

    def _tell(self, kind: str, text: str) -> None:
        word = text
        if kind in KINDS:
            figure, word = forms(kind, text)
            self._take(figure[0], frozenset(figure), figure=True)
        self._begin(word)
        if key := _key(word):
            self._take(key, frozenset([key]), figure=False)

    def _begin(self, word: str) -> None:
        if opener := _OPENERS.get(word):
            self._opener = opener
            if opener == "et":
                self._close_behind()

    def _take(self, key: str, forms: frozenset[str], *, figure: bool) -> None:
        if not figure:
            self._close_behind()
        term = Term(key, forms, figure, frozenset(self._waiting), self._by, self._opener)
        self._read.append(term)
        self._waiting, self._by, self._opener = set(), False, ""

    def _close_behind(self) -> None:
        """«Cinq ans maximum»: bears on the figure before, unless another figure follows at once."""
        behind = self._waiting & BEHIND
        place = next((n for n in range(-1, -1 - min(3, len(self._read)), -1) if self._read[n].figure), 0)
        if behind and place:
            term = self._read[place]
            self._read[place] = replace(term, qualifiers=term.qualifiers | behind)
            self._waiting -= behind

    def _close(self) -> None:
        self._close_behind()
        self._waiting, self._aside, self._by, self._opener = set(), set(), False, BEGINNING


@lru_cache(maxsize=16384)
def _key(word: str) -> str:
    """The key of a word of meaning; empty for any other."""
    folded = fold(word)
    if folded in UNITS:
        return UNITS[folded]
    return "" if folded in _LIGHT or not word else _lexicon.sense(stem(word))
