"""What narrows a question: a time, a place, people and so on; of one kind, a later one takes the first one's place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from retrieval.dates import MONTH, YEAR


class Kind(StrEnum):
    """What a restriction is about. OTHER ones add to each other."""

    TIME = "time"
    PLACE = "place"
    PEOPLE = "people"
    SECTOR = "sector"
    CONTRACT = "contract"
    CASE = "case"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Restriction:
    """A phrase in its place."""

    kind: Kind
    text: str
    start: int
    end: int


# Who has a status of their own in the texts: their rules differ, so one group takes the place of another.
_STATUS = (
    r"(?:agents?|fonctionnaires?|contractuel(?:le)?s?|titulaires?|stagiaires?|vacataires?|salari[ée]e?s?|employ[ée]e?s?"
    r"|ouvri(?:er|ère)s?|cadres?|apprenti(?:e)?s?|alternante?s?|int[ée]rimaires?|intermittente?s?|ind[ée]pendante?s?"
    r"|(?:auto|micro)-?entrepreneu(?:r|se)s?|artisans?|commerçante?s?|agricult(?:eur|rice)s?|étudiante?s?|retrait[ée]e?s?"
    r"|ch[ôo]meu(?:r|se)s?|m[ée]decins?|infirmi(?:er|ère)s?|praticien(?:ne)?s?|internes?|pharmacien(?:ne)?s?|enseignante?s?"
    r"|sages?-femmes?|militaires?|magistrat(?:e)?s?|employeurs?|professions?\s+lib[ée]rales?|demandeu(?:r|se)s?\s+d['’]emploi)"
)
_ANYBODY = (
    rf"(?:{_STATUS}|mineure?s?|majeure?s?|enfants?|adolescente?s?|jeunes?|adultes?|personnes?|seniors?|femmes?|hommes?|mères?"
    r"|pères?|parents?|couples?|conjointe?s?|concubine?s?|partenaires?|veu(?:fs?|ves?)|célibataires?|familles?|étrang(?:er|ère)s?"
    r"|ressortissante?s?|réfugié(?:e)?s?|frontali(?:er|ère)s?|expatriée?s?|patiente?s?|malades?|soignante?s?|élue?s?|assurée?s?"
    r"|entreprises?|associations?|établissements?|hôpitaux|collectivités?|communes?|particuliers?|locataires?|propriétaires?)"
)
_OF_THEM = r"(?:les?\s+|la\s+|l['’]\s*|une?\s+|des\s+|mon\s+|mes\s+|tous\s+les\s+)?"
# What may follow them and still say who they are.
_WHO = (
    r"(?:\s+(?!(?:en|aux?|à|dans|sur|pour|avec|sans|si|peu[tx]|peuvent|doi(?:t|vent)|ai?|ont|est|sont|qui|dont|que|et|ou|l[ae]s?"
    r"|une?|des|m[ae]s?|mon|se|ne|pendant|lors|après|avant|lui)\b|\w+['’]|\w+-(?:t-)?(?:ils?|elles?)\b)"
    r"(?:de\s+(?:moins|plus)\s+de\s+\w+(?:\s+\w+)?|d['’]\w+|d[eu]\s+\w+|[\w-]+)){0,2}"
)
_DAY = rf"\d{{1,2}}(?:er)?\s+{MONTH}(?:\s+{YEAR})?"

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.TIME,
        re.compile(
            rf"\b(?:(?:en|pour|depuis|avant|après|dès|jusqu['’]en)\s+(?:l['’]année\s+)?(?:{MONTH}\s+)?{YEAR}\b"
            rf"|(?:au|le|à\s+(?:partir|la\s+date)\s+du|depuis\s+le|avant\s+le|après\s+le|dès\s+le|jusqu['’]au)\s+{_DAY}"
            r"|cette\s+année|l['’](?:an|année)\s+(?:derni[eè]re?|prochaine?|passée?)|aujourd['’]hui|actuellement)",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.SECTOR,
        re.compile(
            r"\b(?:dans|pour)\s+(?:la\s+fonction\s+publique(?:\s+(?:hospitalière|territoriale|d['’]état|de\s+l['’]état))?"
            r"|le\s+(?:secteur\s+)?(?:privé|public)|(?:une|les)\s+(?:petites?\s+)?entreprises?)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.CONTRACT,
        re.compile(
            r"\b(?:(?:pour|avec|en)\s+(?:les?\s+|une?\s+)?|d['’]une?\s+|une?\s+|les?\s+)"
            r"(?:cdi|cdd|temps\s+(?:partiel|plein|complet)|int[ée]rim)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.PEOPLE,
        re.compile(
            rf"\b(?:(?:pour|chez|concernant|s['’]agissant\s+d(?:e|es|u)|dans\s+le\s+cas\s+d(?:e|es|u|['’]))\s*{_OF_THEM}{_ANYBODY}"
            rf"|(?:des|d['’]une?|du|de\s+la|d?e?\s*l['’]|aux|au|à\s+une?|les|une?)\s*{_STATUS})\b{_WHO}",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.PLACE,
        re.compile(
            r"\b(?:[àÀ]|[eE]n|[aA]ux?|[dD]ans|[sS]ur)\s+(?:l['’]|l[ae]\s+|les\s+)?"
            r"(?:[A-ZÉÎ][a-zéèêëîïôâç]+(?:[-\s](?:[A-ZÉÎ][a-zéèêëîïôâç]+|et|sur|de|la|du))*|outre-mer|métropole|étranger\b)"
        ),
    ),
    (Kind.CASE, re.compile(r"\b(?:en\s+cas\s+d(?:e|u|es|['’])|si\s|s['’](?=ils?\b|elles?\b)).+", re.IGNORECASE)),
)

_ADDED = re.compile(
    r"(?:pour|chez|avec|sans|à|aux?|dans|sur|sous|en|après|avant|pendant|durant|depuis|dès|par|contre|entre|hors|hormis|selon"
    r"|lors|concernant|quand|lorsqu)\b.+",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?:les?|la|une?)\s|l['’]", re.IGNORECASE)
_THEM = re.compile(rf"{_OF_THEM}{_ANYBODY}\b{_WHO}", re.IGNORECASE)


def restrictions(question: str) -> list[Restriction]:
    """Those that stand in the question, without overlaps, in order."""
    found: list[Restriction] = []
    for kind, pattern in _KINDS:
        for match in pattern.finditer(question):
            if all(match.end() <= one.start or one.end <= match.start() for one in found):
                found.append(Restriction(kind, match[0].strip(), match.start(), match.end()))
    return sorted(found, key=lambda one: one.start)


def nothing_else(words: str) -> list[Restriction]:
    """The restrictions of which these words are made altogether; none where there is something else in them."""
    found = list(_in_a_row(words))
    return found if found and found[-1].end >= len(words.rstrip()) else []


def _in_a_row(words: str) -> Iterator[Restriction]:
    position = 0
    while position < len(words):
        position += len(words[position:]) - len(words[position:].lstrip(" ,"))
        for kind, pattern in (*_KINDS, (Kind.PEOPLE, _THEM), (Kind.OTHER, _ADDED)):
            if found := pattern.match(words, position):
                yield Restriction(kind, found[0].strip(), found.start(), found.end())
                position = found.end()
                break
        else:
            return


def narrowed(question: str, new: Sequence[Restriction]) -> str:
    """The question with these restrictions, each in the place of what it had of that kind, or at its end."""
    for one in new:
        old = [held for held in restrictions(question) if held.kind is one.kind is not Kind.OTHER]
        if not old:
            question = f"{question} {_added(one)}"
            continue
        at = old[-1]
        subject = at.start == 0 and one.kind is Kind.PEOPLE
        text = re.sub(r"^(?:pour|chez|concernant)\s+", "", one.text, flags=re.IGNORECASE) if subject else one.text
        question = f"{question[: at.start]}{text}{question[at.end :]}"
    return question


def _added(one: Restriction) -> str:
    text = one.text if one.text[:2].isupper() else one.text[:1].lower() + one.text[1:]
    return f"pour {text}" if one.kind in (Kind.PEOPLE, Kind.CONTRACT) and _BARE.match(text) else text


def without(words: str, kinds: frozenset[Kind]) -> str:
    """The words without restrictions of these kinds."""
    for one in reversed(restrictions(words)):
        if one.kind in kinds and one.kind is not Kind.OTHER:
            words = f"{words[: one.start].rstrip()} {words[one.end :].lstrip()}"
    return words.strip(" ,")
