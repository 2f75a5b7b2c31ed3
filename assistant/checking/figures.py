"""Figures: the parts of a text that must not be wrong, in one form however they are written.

Numbers with their unit, amounts, dates, rates («par mois»), articles, numbers of forms («cerfa n° 15891*03»), ordinals.
"""

import re
from collections.abc import Iterator

from assistant.checking.words import fold

_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_MONTH_NUMBERS = {fold(month): number for number, month in enumerate(_MONTHS.split(), 1)}

# What a number counts changes what it says: 3 mois is not 3 ans.
UNITS = {
    form: unit
    for unit, forms in {
        "%": "% pourcent", "€": "€ euro euros", "an": "an ans année années", "mois": "mois", "heure": "h heure heures",
        "semaine": "semaine semaines", "jour": "jour jours", "minute": "minute minutes", "fois": "fois",
        "trimestre": "trimestre trimestres",
    }.items()
    for form in forms.split()
}  # fmt: skip
_RATES = "jour|semaine|mois|trimestre|an|heure|personne|enfant|agent|salarié"

_MONTH = rf"(?:{_MONTHS.replace(' ', '|')}|fevrier|aout|decembre)"

PATTERN = (
    rf"(?P<date>\b(?:\d{{1,2}}(?:er|e)? )?{_MONTH}\b(?: \d{{4}})?|\b\d{{1,2}}/\d{{1,2}}/\d{{4}})"
    r"|(?P<article>\b[lrda](?:\.\s?\*?\s?|\*?)\d+(?:-\d+)*|\b[lrda] (?:\d{3,}(?:-\d+)*|\d+(?:-\d+)+))"
    r"|(?P<reference>n[°ºo] ?\d[\d*/-]*)"
    r"|(?P<ordinal>\b\d+(?:er|ere|ère|re|e|ème|eme|nde?)\b)"
    r"|(?P<number>\d+(?:[ .](?=\d{3}\b)\d{3})*(?:[.,]\d+)?(?:\s*(?:[%€]|[a-zé]+))?)"
    rf"|(?P<rate>\bpar (?:{_RATES})\b)"
)
KINDS = frozenset({"date", "article", "reference", "ordinal", "number", "rate"})


def forms(kind: str, text: str) -> tuple[list[str], str]:
    """The figure that a match of `PATTERN` is, its own form first and then what else is true of it; the word behind a
    number that is no unit."""
    match kind:
        case "date":
            return [*_date(text)], ""
        case "article" | "reference":
            key = re.sub(r"[\s.]|(?<=[lrda])\*", "", text.replace("º", "°"))
            return [key, key.partition("*")[0]], ""
        case "ordinal":
            return [re.sub(r"\D", "", text) + "e"], ""
        case "number":
            return _number(text)
        case _:
            return [text], ""


def _number(text: str) -> tuple[list[str], str]:
    digits = re.match(r"[\d .,]*\d", text)
    number = digits.group() if digits else text
    after = text[len(number) :].strip()
    number = re.sub(r"[ .](?=\d{3}\b)", "", number).replace(",", ".")
    number = number.rstrip("0").rstrip(".") if "." in number else number
    return ([number + UNITS[after], number], "") if after in UNITS else ([number], after)


def _date(text: str) -> Iterator[str]:
    """The date, then its day and month, its month and year, its month."""
    if "/" in text:
        day, number, year = text.split("/")
        month = int(number)
    else:
        parts = re.match(r"(?:(\d+)\w* )?([^\W\d]+)(?: (\d{4}))?", text)
        day, name, year = parts.groups() if parts else ("", "", "")
        month = _MONTH_NUMBERS.get(fold(name), 0)
    day = (day or "").lstrip("0")
    for form in dict.fromkeys(((day, year), (day, None), (None, year), (None, None))):
        yield f"{form[0] or ''}/{month}/{form[1] or ''}"
