"""How French ministries name their texts, and the set sentences in which these speak of their own validity.

Each pattern is matched at the start of a line or a sentence, never within one: «vu le décret n° …» and
«l’article 3 de l’arrêté du …» name other texts.

The NOR has 3 letters for the ministry, 1 for its department, 2 digits for the year, 5 for the order and 1
letter for the kind of text (circular of the Prime Minister of 8 December 1986).
"""

import re
import unicodedata

from retrieval.corpus import TextKind
from retrieval.dates import DAY

_KINDS = {
    "loi": TextKind.LOI,
    "ordonnance": TextKind.ORDONNANCE,
    "decret": TextKind.DECRET,
    "arrete": TextKind.ARRETE,
    "decision": TextKind.DECISION,
    "circulaire": TextKind.CIRCULAIRE,
    "instruction": TextKind.INSTRUCTION,
    "note": TextKind.NOTE,
}
_KIND = r"(?:loi|ordonnance|d[ée]cret|arr[êe]t[ée]|d[ée]cision|circulaire|instruction|note)"
_SORT = (  # what a kind may be called besides
    r"(?:\s+(?:organique|constitutionnelle|interminist[ée]riel(?:le)?|minist[ée]riel(?:le)?|pr[ée]fectoral|technique"
    r"|commune|d'information|de\s+service|de\s+cadrage|de\s+gestion|d'instructions?))*"
)
_NUMBER = r"n\s?[°ºo]\s?(?P<number>[A-Z0-9][\w.]*(?:\s?[/–-]\s?[\w.]+)*)"
_NAMED = rf"(?:NOR\s?:?\s?(?P<nor>[A-Z]{{4}}\d{{7}}[A-Z])|{_NUMBER})"
_ANOTHER = rf"(?:l'|la\s+|le\s+){_KIND}{_SORT}\s+{_NAMED}"
_THIS = rf"(?:l[ea]\s+pr[ée]sente?|cett?e?)\s+{_KIND}{_SORT}"
_FROM = r"(?:depuis\s+le|le|au|d[èe]s\s+le|à\s+compter\s+du|à\s+partir\s+du)"
_THE_DAY = rf"\s*(?P<day>{DAY})"
_IS = r"\s*[:|]\s*"  # after a label, also as two cells of a table
# What follows a text's own name, where a sentence about it would have a verb or a colon.
_GOES_ON = (
    r"(?=\s*(?:\n|$)|\s+(?:\w+ant|relati\w+|pris\w*|vis\w+|de|du|des|pour|en|sur|et)\b|\s+d'|\s*\(|\s*,?\s*NOR\b)"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


# «Décret n° 2023-42 du 1er février 2023 relatif à…»; number and day may be missing, for a «CIRCULAIRE» alone.
HEADING = _pattern(
    rf"(?P<kind>{_KIND}){_SORT}(?:\s+{_NUMBER})?+(?:,?\s+(?:en\s+date\s+)?du\s+(?P<day>{DAY}))?+{_GOES_ON}"
)
BARE_HEADING = re.compile(r"(?:CIRCULAIRE|INSTRUCTION)(?: [A-ZÉ]+)?|(?i:note (?:d'information|de service|technique))")
# What stands under the heading of a text and not under the mention of another: without it, a heading below the
# first line may be the legal basis of a form.
OWN = _pattern(
    r"(?:vu|arr[êe]te(?:nt)?|d[ée]cr[èe]te|d[ée]cide|ordonne|sur\s+(?:le\s+rapport|proposition)|l'assembl[ée]e\s+nationale"
    r"|art(?:icle|\.)\s+(?:1er|premier|1)|l[ea]s?\s+(?:pr[ée]sident|premi[èe]re?|ministre|direct|secr[ée]taire)"
    r"|mesdames|messieurs|objet|r[ée]sum[ée]|date\s+d'application|destinataires?|diffusion|mots[ -]cl[ée]s|nor)\b"
    r"|à$"
)
GUIDE = _pattern(r"guide\s+(?:pratique|m[ée]thodologique|d'|(?:de|des|du|à|pour|relatif)\b)")

# Where the head gives way to other texts' names.
HEAD_ENDS = _pattern(
    r"\W*(?:vus?|visas?|(?:textes?|documents?)\s+de\s+r[ée]f[ée]rence|r[ée]f[ée]rences?|sommaire|annexes?"
    r"|table\s+des\s+mati[èe]res)\b"
)

NOR = re.compile(r"\bNOR\s?[:|]?\s?([A-Z]{3})\s?([A-Z])\s?(\d{2})\s?(\d{5})\s?([A-Z])\b")
NOR_KINDS = {
    "L": (TextKind.LOI,),
    "R": (TextKind.ORDONNANCE,),
    "D": (TextKind.DECRET,),
    "A": (TextKind.ARRETE,),
    "C": (TextKind.CIRCULAIRE, TextKind.INSTRUCTION, TextKind.NOTE),  # the first, where no heading says which
}

_WEEKDAY = r"(?:(?:lun|mar|mercre|jeu|vendre|same)di\s+|dimanche\s+)?"
SIGNED = _pattern(
    rf"(?:fait(?:\s+à\s+[^,\n]{{1,40}})?,?|(?:à\s+)?(?-i:[A-ZÀ-Ý])[^\W\d_](?:[' -]?[^\W\d_]){{1,30}},)"
    rf"\s+le\s+{_WEEKDAY}(?P<day>{DAY})\.?"
)

# What a sentence may begin with before it says anything.
PREAMBLE = _pattern(r"(?:art(?:icle|\.)\s*\w+\s*[.:–—-]*\s*)?(?:[IVX\d]+[.°]*\s*[–—-]\s*)?")

APPLIES = (
    _pattern(
        rf"(?:{_THIS}|les\s+dispositions\s+d[eu]\s+(?:la\s+)?pr[ée]sente?\s+{_KIND}|le\s+texte)\s+"
        r"(?:entre(?:nt)?\s+en\s+vigueur|s'applique(?:nt)?|(?:est|sont)\s+applicables?|prend\s+effet|prennent\s+effet)"
        rf"\s+{_FROM}{_THE_DAY}"
    ),
    _pattern(rf"entr[ée]e\s+en\s+vigueur{_IS}le\s+texte\s+entre\s+en\s+vigueur\s+{_FROM}{_THE_DAY}"),
    _pattern(rf"date\s+(?:d'application|d'effet|d'entr[ée]e\s+en\s+vigueur){_IS}(?:{_FROM})?{_THE_DAY}"),
)
APPLIES_AT_ONCE = _pattern(rf"date\s+d'application{_IS}imm[ée]diate")
REPEALED = (
    _pattern(rf"{_THIS}\s+est\s+abrog[ée]e?\s+{_FROM}{_THE_DAY}"),
    _pattern(rf"(?:(?:texte|document|{_KIND})\s+)?abrog[ée]e?\s+{_FROM}{_THE_DAY}\s*\.?$"),  # a stamp
)
REPLACES = (
    _pattern(
        rf"(?:(?:{_THIS}|elle|il)\s+)?(?:abroge(?:\s+et\s+remplace)?|annule\s+et\s+remplace|remplace|se\s+substitue\s+à)"
        rf"\s+{_ANOTHER}"
    ),
    _pattern(
        rf"{_ANOTHER}(?:\s+du\s+{DAY}(?:\s+\w+ant|\s+relati)?[^.;|]{{0,300}}?)?\s+est\s+(?:abrog|remplac)[ée]e?\b"
    ),
    _pattern(rf"(?:textes?|{_KIND}s?)(?:\s*/\s*{_KIND}s?)*\s+(?:abrog|remplac)[ée]e?s?{_IS}{_KIND}{_SORT}\s+{_NAMED}"),
)
REPLACED_BY = _pattern(rf"(?:(?:texte|document|{_KIND})\s+)?(?:abrog[ée]e?\s+et\s+)?remplac[ée]e?\s+par\s+{_ANOTHER}")


def kind_of(word: str) -> TextKind:
    """The kind that a heading names."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return _KINDS["".join(letter for letter in letters if not unicodedata.combining(letter))]


def plain(text: str) -> str:
    """The text as the patterns read it: composed letters, one apostrophe, single spaces; lines stay."""
    text = unicodedata.normalize("NFC", text).replace("’", "'")
    return "\n".join(" ".join(line.split()) for line in text.split("\n"))
