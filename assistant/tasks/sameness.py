"""What a translation may not change: figures, dates, numbers of articles, names of people, addresses.

Compared without any model, as signs: a figure in words («deux mois») is the same in digits, in French. Whether the
meaning is the same this does not tell.
"""

import re
from collections import Counter
from collections.abc import Iterator

from assistant.checking.number_words import in_digits

_FIGURE = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f.,’']\d{3}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,]\d+)?")
_NAME = re.compile(
    r"\b(?:M\.|MM\.|Mme|Mmes|Mlle|Dr|Docteur|Pr|Professeur|Mr|Mrs|Ms|Herr|Frau|Sr|Sra)\.?\s+"
    r"((?:[A-ZÀ-ÖØ-Þ][\w’'-]+\s?){1,3})"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w|https?://[^\s)»]+")

# A translation is neither much shorter than its text nor much longer.
SHORTEST, LONGEST, FROM = 0.4, 2.5, 40


def deviations(source: str, translation: str) -> list[str]:
    """What is not the same, each as a French phrase; empty where nothing is."""
    return [*_figures(source, translation), *_words(source, translation), *_length(source, translation)]


def _figures(source: str, translation: str) -> Iterator[str]:
    ours, theirs = _counted(source), _counted(translation)
    for figure in ours - (theirs | _counted(in_digits(translation))):
        yield f"«\u202f{_shown(figure, source)}\u202f» manque"
    for figure in theirs - (ours | _counted(in_digits(source))):
        yield f"«\u202f{_shown(figure, translation)}\u202f» n’est pas dans le texte"


def _words(source: str, translation: str) -> Iterator[str]:
    names = [name for match in _NAME.finditer(source) for name in match[1].split()]
    for word in dict.fromkeys([*names, *_ADDRESS.findall(source)]):
        if word not in translation:
            yield f"«\u202f{word}\u202f» manque"


def _length(source: str, translation: str) -> Iterator[str]:
    if len(source) >= FROM and translation.strip() == source.strip():
        yield "le texte n’est pas traduit"
    elif len(source) >= FROM and not SHORTEST <= len(translation) / len(source) <= LONGEST:
        yield "la longueur n’est pas celle d’une traduction"


def _counted(text: str) -> Counter[str]:
    return Counter(_digits(figure) for figure in _FIGURE.findall(text))


def _digits(figure: str) -> str:
    return re.sub(r"\D", "", figure).lstrip("0") or "0"


def _shown(digits: str, text: str) -> str:
    """The figure as it is written there."""
    return next((figure for figure in _FIGURE.findall(text) if _digits(figure) == digits), digits)
