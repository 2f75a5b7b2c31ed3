"""Personal data as French administrations write it: numbers count only where their check digits do.

Sources: article R. 115-1 of the Code de la sécurité sociale and INSEE for the NIR (key: 97 less the number modulo 97,
Corsica's 2A and 2B read as 19 and 18); article R. 1111-8-1 of the Code de la santé publique for the INS, which is the
same number; ISO 13616 for the IBAN; the numbering plan of ARCEP for telephones.
"""

import re
from collections.abc import Iterator

from policies.guardrails.finding import Concern, Finding

# What may not stand before is asked after the first sign: so each search goes from one such sign to the next.
_NIR = re.compile(
    r"(?P<sex>[1-478])(?<!\d.)\s?(?P<year>\d\d)\s?(?P<month>\d\d)\s?(?P<place>\d\d|2[ABab])\s?(?P<town>\d{3})\s?"
    r"(?P<order>\d{3})\s?[-/]?\s?(?P<key>\d\d)(?!\d)"
)
_INS = re.compile(r"\b(?:INS|identité nationale de santé|matricule INS)\b[^\n]{0,40}$", re.IGNORECASE)
_IBAN = re.compile(
    r"[A-Z](?<![A-Za-z\d].)[A-Z]\d{2}(?:[ \u00a0\u202f]?[A-Z\d]{4}){2,7}(?:[ \u00a0\u202f]?[A-Z\d]{1,3})?(?![A-Za-z\d])"
)
# One and the same sign between all pairs of digits: other numbers are grouped otherwise.
_TELEPHONE = re.compile(
    r"[+0](?<![\d+].)(?:(?:(?<=\+)|(?<=0)0)33[\s.-]?(?:\(0\)[\s.-]?)?|(?<=0))[1-9](?P<between>[\s.-]?)\d\d(?:(?P=between)\d\d){3}(?!\d)"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z\d-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])")
_CORSICA = {"2A": "19", "2B": "18"}


def personal_data(text: str) -> Iterator[Finding]:
    """Each NIR, INS, IBAN, telephone number and e-mail address."""
    for match in _NIR.finditer(text):
        if _is_nir(match):
            before = text[max(0, match.start() - 80) : match.start()]
            yield _found("INS" if _INS.search(before) else "NIR", match)
    for match in _IBAN.finditer(text):
        if _is_iban(match[0]):
            yield _found("IBAN", match)
    for match in _TELEPHONE.finditer(text):
        yield _found("numéro de téléphone", match)
    for match in _EMAIL.finditer(text) if "@" in text else ():
        yield _found("adresse électronique", match)


def masked(text: str) -> str:
    """The text with the kind of each in its place; of two that overlap, or that stand side by side, nothing remains."""
    while found := sorted(personal_data(text), key=lambda finding: finding.start):
        pieces, position = [], 0
        for finding in found:
            if finding.start >= position:
                pieces += [text[position : finding.start], f"[masqué : {finding.what}]"]
            position = max(position, finding.end)
        text = "".join([*pieces, text[position:]])
    return text


def _found(what: str, match: re.Match[str]) -> Finding:
    return Finding(Concern.PERSONAL_DATA, what, match.start(), match.end())


def _is_nir(match: re.Match[str]) -> bool:
    place = match["place"].upper()
    number = "".join(
        (match["sex"], match["year"], match["month"], _CORSICA.get(place, place), match["town"], match["order"])
    )
    return int(match["key"]) == 97 - int(number) % 97


def _is_iban(written: str) -> bool:
    iban = re.sub(r"\s", "", written)
    moved = iban[4:] + iban[:4]
    return 15 <= len(iban) <= 34 and int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1
