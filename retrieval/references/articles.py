"""How articles of codes, their annexes and the tables of occupational diseases are written, in folded text.

Of an article, the letter says who made it (L law, LO organic law, R and R* decrees in the Conseil d'État, D decrees, A
orders) and the groups of figures where it stands. The star is left out: no two articles differ by it alone.
"""

import re

from retrieval.references import codes

_ADVERBS = (
    *("bis", "ter", "quater", "quinquies", "sexies", "septies", "octies", "nonies", "decies", "undecies"),
    *("duodecies", "terdecies", "quaterdecies", "quindecies", "sexdecies", "septdecies", "octodecies", "novodecies"),
    "vicies",
)
_ADVERB = rf"(?:[ -]?(?:{'|'.join(_ADVERBS)})(?!\w))"
_LETTER = r"(?<!\w)(?:l\.? ?o|[lrda])(?:\.? ?\*)?[.-]? ?"
_GROUP = r"\d{1,3}(?![\d])"

# What may follow a letter that ends a number («L. 114-1 A»), and not the verb («l'article L. 114-1 a changé»).
_NUMBER_ENDS = (
    r"(?= ?(?:$|[?!.,;:()»\"]"
    rf"|(?:du |dudit |de ce |de la |de )?(?:present |meme )?(?:{codes.BEGINS})"
    r"|(?:et|ou|est|sont|ne) ))"
)
_ENDING = rf"(?:{_ADVERB}|-[a-h](?![\w'])|[a-h](?![\w'])| (?!c\. ?[a-z])[a-ce-h]{_NUMBER_ENDS})?"
_OF_THE_CODE = r"(?=$| (?:du |dudit )?(?:meme )?(?:code|cgi)\b)"
_TAX_ENDING = rf"(?:{_ADVERB}?(?: (?!d[eu]|l[ae]|et|ou|au|en)[a-z]{{1,2}}{_OF_THE_CODE})?)"  # «302 bis KA»


def _lettered(groups: str) -> str:
    return rf"{_LETTER}{groups}{_ENDING}(?:(?!\w)|(?=c[a-z]{{2,5}}\b))(?!-\d{{1,3}}[a-z])"


# Printed texts have hyphens, at the end of a line with a blank behind them. Who types a question may put blanks
# or full stops instead.
PRINTED = _lettered(rf"\d{{1,4}}(?!\d)(?:- ?{_GROUP})*")
_APART = rf"(?:\d{{3,4}}|\d{{1,2}}(?= \d{{1,3}} \d))(?: {_GROUP}(?!-)){{1,5}}(?! ?[°%€])"
TYPED = _lettered(rf"(?:{_APART}|\d{{1,4}}(?!\d)(?:(?: ?- ?|\.){_GROUP})*)")
FIGURES = rf"(?<![\w-])(?:1er|premier|\d{{1,4}}(?!\d)(?:-{_GROUP})*){_TAX_ENDING}(?![\w°%])"

_UNLETTERED = rf"(?<![\w-])\d{{3,4}}(?!\d)(?:-{_GROUP})+(?![\w/°%])"

HEAD = r"(?<!\w)(?:articles?|arts?\b\.?) ?(?:n° ?)?"
JOIN = r"(?: ?[,;] ?(?:et |ou |ainsi que |a )?| (?:et|ou|a|ainsi que|puis|jusqu'a|et,|ou,|-) |/)"

# Without the word «article» or a code beside it, only what nothing else looks like.
SURE = re.compile(rf"{_LETTER}\d{{3,4}}(?:[-. ]| - ){_GROUP}")

_PARTS = re.compile(r"(?P<letter>l\.? ?o|[lrda])(?!\w\w)")


def lists(item: str) -> str:
    """A pattern of one or several articles: «articles L. 1 à L. 5 et L. 7», or without the word."""
    listed = rf"(?P<head>{HEAD})(?:{item}|{FIGURES})(?:{JOIN}(?:{item}|{FIGURES}))*|{item}(?:{JOIN}{item})*"
    return rf"{listed}|{_UNLETTERED}" if item is TYPED else listed


def items(item: str) -> re.Pattern[str]:
    """The articles in such a list, one by one."""
    return re.compile(rf"(?P<lettered>{item})|{FIGURES}")


ANNEX = (
    r"(?<!\w)annexes?(?: (?:n°? ?)?(?P<annex>\(\d{1,3}\)|[ivx]{1,6}|\d{1,3})(?![\w-]))?"
    rf"(?: ?[,(-]? ?(?:a |de |du |des |aux? )?(?:l'|les )?(?:articles?|art\.?)? ?(?P<annexed>{TYPED}))?"
    r"(?: \(\d{1,2}er? al[^)]{0,12}\))?(?: ?\((?P<part>\d{1,3})\)| annexe (?P<behind>[ivx]{1,6}|\d{1,3})(?!\w))?"
)
TABLE = (
    r"(?<!\w)(?:(?P<second>annexe (?:ii|2) ?[:,-]? ?)|(?:maladies? prof\w*|mp) ?:?,? ?)?"
    r"tableaux?(?P<sort> (?:des? |du )?(?:maladies? prof\w*|mp|rg|regime general))?"
    r" ?(?P<numbered>n°? ?|numero )?(?P<table>\d{1,3})(?P<again> ?(?:bis|ter|quater))?(?![\w-])"
    r"(?P<diseases>,? (?:des |de |aux? )?(?:maladies? prof\w*|mp\b|rg\b|regime general))?"
)

_ROMAN = {"i": 1, "v": 5, "x": 10}


def article(found: str) -> str:
    """The one way to write the number of an article: «L162-5-3», «L114-1 A», «D744 bis»."""
    letter = re.match(r"l\.? ?o(?=[.\d *-])|[lrda](?=[.\d *-])", found)
    rest = found[letter.end() :] if letter else found
    if rest == "premier":
        rest = "1er"
    words = re.findall(rf"\d+(?:er)?|{'|'.join(sorted(_ADVERBS, key=len, reverse=True))}|[a-z]+", rest)
    figures = [word.removesuffix("er") if word == "1er" else word for word in words if word[0].isdigit()]
    endings = [word if word in _ADVERBS else word.upper() for word in words if not word[0].isdigit()]
    return " ".join([(re.sub(r"\W", "", letter[0]).upper() if letter else "") + "-".join(figures), *endings])


def annex(match: re.Match[str]) -> str:
    """«annexe 1 à R434-32 (3)», each part where there is one."""
    number = match["annex"] or match["behind"]
    parts = ["annexe"]
    if number:
        parts.append(str(_number(number.strip("()"))))
    if match["annexed"]:
        parts.append(f"à {article(match['annexed'])}")
    if match["part"]:
        parts.append(f"({match['part']})")
    return " ".join(parts)


def table(match: re.Match[str]) -> str:
    """«tableau n° 57 bis»."""
    return " ".join(filter(None, ["tableau n°", match["table"], (match["again"] or "").strip()]))


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    values = [_ROMAN[letter] for letter in written]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))
