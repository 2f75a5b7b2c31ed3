"""The day about which a question asks: «quel était le montant au 1er mars 2023 ?»

The texts that were in force on that day answer it. A day on which something happened to somebody («né en mars
2020», «du 1er au 15 mars 2023») is not one: read as one, it would hide the texts of today.
"""

import datetime as dt
import re

from retrieval.dates import DAY, MONTH, YEAR, read_day

_ASKED = re.compile(
    rf"\b(?:(?<!['’])au|à\s+la\s+date\s+du|(?:en\s+vigueur|applicables?)\s+le)\s+(?P<day>{DAY})"
    rf"|\ben\s+(?P<month>{MONTH}\s+{YEAR})\b",
    re.IGNORECASE,
)

# What stands before a day that is not asked about: the beginning of a period, or what happened then.
_NOT_ASKED = re.compile(
    r"(?:\bdu\s+\d\S*(?:\s+\S+){0,2}"
    r"|\b(?:ici|jusque|mandat|contrat|embauche|naissance|accident|recrutement|arriv[ée]e|d[ée]part|d[ée]c[èe]s|mariage"
    r"|licenciement|accouchement|signature|n[ée]|mort|parti|sorti|pris|conclu|paru|reçu"
    r"|(?:embauch|recrut|engag|arriv|entr|sign|titularis|nomm|licenci|mari|pacs|divorc|d[ée]c[ée]d|achet|commenc"
    r"|d[ée]but|d[ée]pos|envoy|demand|adopt|promulgu|publi|cr[ée]|modifi)é)e?s?)\s*$",
    re.IGNORECASE,
)
_TELLS_OF_ONESELF = re.compile(r"\b(?:j['’](?:ai|étais|avais)|je\s+suis)\b", re.IGNORECASE)


def day_asked(question: str) -> dt.date | None:
    """The one day that the question asks about; of a month, the first. None where it names none, or several."""
    days = {read_day(asked["day"] or asked["month"]) for asked in _ASKED.finditer(question) if _counts(question, asked)}
    return days.pop() if len(days) == 1 else None


def _counts(question: str, asked: re.Match[str]) -> bool:
    if _NOT_ASKED.search(question[: asked.start()][-60:]):
        return False
    return asked["month"] is None or not _TELLS_OF_ONESELF.search(question)
