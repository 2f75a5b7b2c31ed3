"""What a French text says, as sets that can be compared: words, figures, negations.

Words are stems (Snowball, French) without accents, so that forms of one word meet. Figures are the
parts of a text that must not be wrong: numbers, amounts, dates, article numbers, each with its unit.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

_STOP_WORDS = frozenset(
    """afin ai ainsi alors apres au aucun aucune aussi autre autres aux avait avant avec avez avoir avons ayant bien ca
    car ce ceci cela celle celles celui cependant ces cet cette ceux chaque chez comme comment dans de depuis des
    desormais dont donc du elle elles en encore entre est et etait etant etc ete etes etre eu eux fait faire fois font
    hors il ils je jusqu jusque la laquelle le lequel les lesquelles lesquels leur leurs lors lorsqu lorsque lui ma mais
    me meme memes mes moi mon ne ni non nos notamment notre nous nul nulle on ont or ou par parmi pas pendant peu plus
    point pour pourquoi puis puisque qu quand que quel quelle quelles quels qui quoi sa sans se selon sera seront ses si
    soi soit son sont sous suis sur ta tant te tel telle tels telles tes toi ton tous tout toute toutes tres tu un une
    vers via voici voila vos votre vous""".split()  # noqa: SIM905  # read as a text
)

_NUMBER_WORDS = {
    word: str(value)
    for value, words in {
        2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit", 9: "neuf", 10: "dix", 11: "onze",
        12: "douze", 13: "treize", 14: "quatorze", 15: "quinze", 16: "seize", 20: "vingt vingts", 30: "trente",
        40: "quarante", 50: "cinquante", 60: "soixante", 100: "cent cents", 1000: "mille",
    }.items()
    for word in words.split()
}  # fmt: skip

_MONTHS = frozenset(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()  # noqa: SIM905  # read as a text
)

# What a number counts changes what it says: 3 mois is not 3 ans.
_UNITS = {
    form: unit
    for unit, forms in {
        "%": "% pourcent", "€": "€ euro euros", "an": "an ans annee annees", "mois": "mois", "heure": "h heure heures",
        "semaine": "semaine semaines", "jour": "jour jours", "minute": "minute minutes",
        "trimestre": "trimestre trimestres",
    }.items()
    for form in forms.split()
}  # fmt: skip

_NOT_WORDS = _STOP_WORDS | _MONTHS | _NUMBER_WORDS.keys() | _UNITS.keys()

_ARTICLE = re.compile(r"\b([lrda])\.?\s?\*?\s?(\d+(?:-\d+)*)\b")
_NUMBER = re.compile(r"\d+(?:[\s.](?=\d{3}\b)\d{3})*(?:[.,]\d+)?")
_UNIT = re.compile(r"\s*([%€]|[a-z]+)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_PART = re.compile(r"[^.;:!?\n]+")

# «Avant» or «après», «moins de» or «plus de», «par mois» or «par an»: small words that turn what is said.
_TURN = re.compile(
    r"\b(avant|apres|sauf|hormis|moins|minimum|maximum|au plus|plus (?:de|d|que)|rarement|interdi|refus|exclu|dispens"
    r"|exempt|cess|suspen|annul)"
)
_RATE = re.compile(r"\bpar ([a-z]+)")

# «ne … pas»: the verb stands between, what is denied right after. Laws say «ne peut» without «pas».
_NEGATION = re.compile(
    r"\bn(?:e\s|')(?P<verb>(?:[\w']+\s){1,4}?)(?P<particle>pas|plus|jamais|aucun|aucune|guère|point|ni|que)\b"
    r"(?P<after>(?:\s[\w']+){0,4})"
)
_NEGATION_ALONE = re.compile(
    r"\bne\s(?P<verb>(?:peu[tx]|peuvent|pourr\w+|pouvai\w+|puiss\w+|saur\w+))\b(?P<after>(?:\s[\w']+){0,4})"
)
_NOBODY = re.compile(
    r"\b(?:aucun|aucune|nul|nulle|personne|rien)\s(?:[\w']+\s){0,5}?n(?:e\s|')(?P<verb>[\w']+)(?P<after>(?:\s[\w']+){0,4})"
)
_WITHOUT = re.compile(r"\bsans(?P<after>(?:\s[\w']+){1,4})")
_ONLY = re.compile(r"\sque?\b|\squ'")  # «ne … que» restricts, and denies nothing

_stemmer = snowballstemmer.stemmer("french")


def fold(text: str) -> str:
    """Lower case, without accents or typographic variants of apostrophe, hyphen and space."""
    text = text.replace("œ", "oe").replace("Œ", "oe").replace("’", "'").replace("‑", "-")
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@lru_cache(maxsize=4096)
def words(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; number words, units and months are figures, not words."""
    return frozenset(_stems(text))


@lru_cache(maxsize=4096)
def figures(text: str) -> frozenset[str]:
    """What must not be wrong, in one form: numbers (with their unit where one follows), rates, months of dates,
    article numbers, and the small words that turn what is said."""
    folded = _spell_out(fold(text))
    articles = {f"{letter}{number}" for letter, number in _ARTICLE.findall(folded)}
    rates = {f"par {_UNITS[unit]}" for unit in _RATE.findall(folded) if unit in _UNITS}
    numbers = _numbers(_ARTICLE.sub(" ", folded))
    return frozenset({*articles, *rates, *numbers, *_TURN.findall(folded), *(_MONTHS & set(_WORD.findall(folded)))})


@lru_cache(maxsize=4096)
def denied(text: str) -> frozenset[str]:
    """The stems that a negation bears on: its verb, and the first word of meaning after it."""
    found: set[str] = set()
    for part in _PART.findall(text.lower().replace("’", "'")):
        for match in _NEGATION.finditer(part):
            if match["particle"] != "que":
                found.update(_stems(match["verb"]), _first_stem(match["after"]))
        for match in (*_NEGATION_ALONE.finditer(part), *_NOBODY.finditer(part)):
            if not _ONLY.search(match["after"]):
                found.update(_stems(match["verb"]), _first_stem(match["after"]))
        for match in _WITHOUT.finditer(part):
            found.update(_first_stem(match["after"]))
    return frozenset(found)


def _first_stem(text: str) -> list[str]:
    return [*_stems(text)][:1]


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.lower()):
        if fold(word) not in _NOT_WORDS:
            # The stemmer keeps the ending of verbs in the plural: «ils demandent».
            stem = fold(_stemmer.stemWord(word))
            yield stem.removesuffix("ent") if len(stem) > len("ent") + 3 else stem


def _numbers(folded: str) -> Iterator[str]:
    for match in _NUMBER.finditer(folded):
        number = re.sub(r"[\s.](?=\d{3}\b)", "", match.group()).replace(",", ".")
        unit = _UNIT.match(folded, match.end())
        number = number.rstrip("0").rstrip(".") if "." in number else number
        yield number
        yield number + _UNITS.get(unit[1] if unit else "", "")


def _spell_out(folded: str) -> str:
    """Number words as digits: «deux mois» says the same as «2 mois»."""
    folded = folded.replace("pour cent", "pourcent")
    return re.sub(r"[a-z]+", lambda word: _NUMBER_WORDS.get(word.group(), word.group()), folded)
