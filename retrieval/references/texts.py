"""How laws, decrees, orders, circulars and the law of the European Union are named, in folded text.

Laws, ordinances and decrees share one series of numbers a year. Circulars, instructions and notes have those of
their authors («DGOS/R4/2021/12», also written «DGOS/R4 n° 2021-12»). The NOR is described in
`ingestion.identification_patterns`.
"""

import datetime as dt
import re

from retrieval.dates import DAY, read_day

LOI, EUROPE = "loi", "règlement"

# By the folded word, the kind as `TextKind` writes it, or the Union's.
KINDS = {
    "loi": LOI,
    "ordonnance": "ordonnance",
    "decret-loi": "décret",
    "decret": "décret",
    "arrete": "arrêté",
    "decision": "décision",
    "circulaire": "circulaire",
    "instruction": "instruction",
    "note": "note",
    "reglement": EUROPE,
    "directive": "directive",
}
NUMBERED_TOGETHER = frozenset({LOI, "ordonnance", "décret"})
OF_THE_UNION = frozenset({EUROPE, "directive"})

_SORT = (
    r"(?: (?:organique|constitutionnelle|de finances|rectificative|de financement de la securite sociale|pour \d{4}"
    r"|interministeriel(?:le)?|ministeriel(?:le)?|prefectoral|technique|commune|conjointe?|modifiee?|susvisee?|delegue"
    r"|d'execution|d'information|de service|de cadrage|de gestion|d'instructions?|en conseil d'etat"
    r"|\(?(?:ce|ue|cee|euratom)\)?))"
)
_N = r"n(?:°|o|um)?s?\.? ?:? ?|numero "
_SERIES = r"(?:(?:1[89]|20)\d\d|\d\d) ?- ?\d{1,5}(?![\w/-])"
_YEAR_SERIES = r"(?:1[89]|20)\d\d-\d{1,5}(?![\w/-])"
_PART = r"[a-z0-9]{1,12}"
_CODED = rf"{_PART}(?:(?:[-.]| ?/ ?){_PART}){{1,9}}(?![\w/])"
_SERVICE = r"[a-z][a-z0-9]{1,11}(?:(?:-| ?/ ?)[a-z0-9]{1,12}){0,6}"
_DAY = DAY.replace("[ée]", "e").replace("[ûu]", "u")

TEXT = (
    rf"(?<!\w)(?P<kind>{'|'.join(KINDS)})s?{_SORT}{{0,3}},?"
    rf"(?: (?:(?:{_N})(?P<series>{_SERIES})|(?P<bare>{_YEAR_SERIES})"
    rf"|(?:(?P<service>{_SERVICE}) )?(?:{_N})(?P<coded>{_CODED})|(?P<spelt>{_CODED})))?"
    rf"(?:,? (?:(?:en date |datee? )?du )?(?P<day>{_DAY}))?"
)
NOR = r"(?:(?<!\w)nor ?[:=|]? ?)?(?<!\w)(?P<nor>[a-z]{3} ?[a-z][ -]?\d{2}[ -]?\d{5}[ -]?[a-z])(?!\w)"

_NOR = re.compile(r"[a-z]{4}\d{7}[a-z]")


def named(match: re.Match[str]) -> tuple[str, str, dt.date | None]:
    """Kind, number and day of signature that the pattern `TEXT` found; empty where it names no single text."""
    kind = KINDS[match["kind"]]
    coded = match["coded"] or match["spelt"] or ""
    written = match["series"] or match["bare"] or "/".join(filter(None, [match["service"], coded]))
    found = number(kind, written) if match["spelt"] is None or _is_spelt(kind, coded) else ""
    return kind, found, read_day(match["day"]) if match["day"] else None


def _is_spelt(kind: str, coded: str) -> bool:
    """Whether a number that no «n°» announces is one."""
    if kind in OF_THE_UNION:
        return bool(re.fullmatch(r"\d{1,4}/\d{1,4}(?:/(?:ce|ue|cee))?", coded))
    return bool(re.fullmatch(r"(?:[a-z].*\d.*/.*|[a-z].*/.*\d.*|(?:19|20)\d\d/\d{1,5})", coded))


def number(kind: str, written: str) -> str:
    """The one way to write a number: «2020-123», «78-17», «DGOS/R4/2021/12», «SSAH2012345A»; empty for none."""
    letters = re.sub(r"[ -]", "", written)
    if _NOR.fullmatch(letters):
        return letters.upper()
    parts = re.findall(r"[a-z0-9]+", written)
    if len(parts) < 2 or not any(part[0].isdigit() for part in parts):
        return ""
    if kind in OF_THE_UNION:
        return "/".join(part for part in parts if part.isdigit())
    if kind in NUMBERED_TOGETHER:
        year, *rest = parts
        return "-".join([year.removeprefix("19") if len(year) == 4 else year, *rest])
    return "/".join(parts).upper()


def is_nor(found: str) -> bool:
    """Whether a number, as `number` gives it, is a NOR."""
    return bool(_NOR.fullmatch(found.lower()))
