"""What an auditor narrowed the register to, as it was typed, and the filters that it asks for.

What may hold somebody's name (a document's identifier, free words) is taken from the body of a request alone.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Self
from urllib.parse import urlencode
from uuid import UUID

from policies.audit.event import Json
from policies.review.filters import Filters
from policies.review.keys import folded
from policies.review.pseudonyms import read_pseudonym
from retrieval.dates import read_day
from ui.errors import RequestMalformed
from ui.review.words import ACTS, DECISIONS, FAMILIES, FLAGS

LONGEST_WORDS = 200  # characters
LONGEST_DOCUMENT = 1000
LONGEST_RECORD = 18  # digits: less than what PostgreSQL counts with

# Fields that an address may hold.
ADDRESSED = (
    *("who", "about", "origin", "act", "collection", "conversation", "exchange", "session"),
    *("decision", "flag", "since", "until", "before"),
)
FOR_BODIES = ("document", "words")


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The fields as they were typed; empty ones narrow nothing. `act` is one, or the name of a family of them."""

    who: str = ""
    about: str = ""
    origin: str = ""
    act: str = ""
    collection: str = ""
    document: str = ""
    conversation: str = ""
    exchange: str = ""
    session: str = ""
    decision: str = ""
    flag: str = ""
    since: str = ""
    until: str = ""
    words: str = ""
    before: str = ""

    @classmethod
    def of_pairs(cls, pairs: Iterable[tuple[str, str]]) -> Self:
        """From a form's fields; others than these are left alone."""
        known = cls.__dataclass_fields__
        return cls(**{name: value.strip() for name, value in pairs if name in known})

    @classmethod
    def of_address(cls, query: Iterable[tuple[str, str]]) -> Self:
        """From the query of an address. Raises `RequestMalformed` for a field that it must not hold."""
        form = cls.of_pairs(query)
        if any(getattr(form, name) for name in FOR_BODIES):
            raise RequestMalformed(
                "Un document ou des mots ne se cherchent pas par une adresse, qui finit dans des journaux\u202f: "
                "remplissez le formulaire du registre."
            )
        return form

    def filters(self) -> Filters:
        """Raises `RequestMalformed`, which says what to type instead."""
        since, until = _day(self.since), _day(self.until)
        if since and until and until < since:
            raise RequestMalformed(
                f"La période finit avant de commencer\u202f: du {since:%d/%m/%Y} au {until:%d/%m/%Y}. "
                "Échangez les deux dates."
            )
        return Filters(
            who=_pseudonym(self.who),
            about=_pseudonym(self.about),
            origin=_origin(self.origin),
            acts=_acts(self.act),
            collection=_identifier(self.collection, "une collection"),
            document=_short(self.document, LONGEST_DOCUMENT, "Cet identifiant de document"),
            conversation=_identifier(self.conversation, "une conversation"),
            exchange=_identifier(self.exchange, "une réponse"),
            session=_identifier(self.session, "une session"),
            decision=_known(self.decision, DECISIONS, "une décision"),
            flag=_known(self.flag, FLAGS, "un signalement"),
            since=since,
            until=until,
            words=_words(self.words),
        )

    def before_index(self) -> int | None:
        """Where the page begins: below this record, or at the newest one. Raises `RequestMalformed`."""
        return record_index(self.before) if self.before else None

    @property
    def filled(self) -> Mapping[str, str]:
        """The fields that narrow, by their name."""
        return {name: value for name, value in asdict(self).items() if value and name != "before"}

    def turned(self, before: int | None) -> "FilterForm":
        """The same, further down."""
        return replace(self, before="" if before is None else str(before))

    def without(self, name: str) -> "FilterForm":
        """The same, wider, from the newest record on."""
        return replace(self, **{name: "", "before": ""})

    @property
    def query(self) -> str:
        """For an address: without what must not stand there."""
        fields = {name: value for name, value in asdict(self).items() if value and name in ADDRESSED}
        return f"?{urlencode(fields)}" if fields else ""


def recorded(filters: Filters, before: int | None = None) -> dict[str, Json]:
    """As a record tells what was looked at; words, which may be anything, are counted."""
    told: dict[str, Json] = {
        name: str(value)
        for name in (*ADDRESSED, "document")
        if name not in ("act", "before") and (value := getattr(filters, name))
    }
    if filters.acts:
        told["acts"] = [*filters.acts]
    if filters.words:
        told["words"] = len(filters.words.split())
    return told if before is None else told | {"before": before}


def record_index(typed: str) -> int:
    """The number of a record. Raises `RequestMalformed`."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST_RECORD):
        raise RequestMalformed(f"«\u202f{typed[:40]}\u202f» n’est pas le numéro d’un enregistrement.")
    return int(typed)


def _day(typed: str) -> dt.date | None:
    if not typed:
        return None
    if (day := read_day(typed)) is None:
        raise RequestMalformed(
            f"«\u202f{typed[:40]}\u202f» n’est pas un jour. Écrivez-le comme 01/03/2026 ou 2026-03-01."
        )
    return day


def _pseudonym(typed: str) -> str:
    if typed and not (typed := read_pseudonym(given := typed)):
        raise RequestMalformed(
            f"«\u202f{given[:40]}\u202f» n’est pas un pseudonyme\u202f: dix lettres et chiffres, comme 7F3K9-QTM2A. "
            "Les noms ne se cherchent pas ici\u202f; une levée se demande dans un dossier."
        )
    return typed


def _origin(typed: str) -> str:
    return typed if typed in ("commande", "service") else _pseudonym(typed)


def _identifier(typed: str, what: str) -> str:
    if not typed:
        return ""
    try:
        return str(UUID(typed))
    except ValueError as error:
        raise RequestMalformed(f"«\u202f{typed[:40]}\u202f» n’est pas l’identifiant d’{what}.") from error


def _acts(typed: str) -> tuple[str, ...]:
    if typed in FAMILIES:
        return tuple(act.value for act in FAMILIES[typed])
    return (_known(typed, ACTS, "un acte"),) if typed else ()


def _known(typed: str, words: Mapping[str, str], what: str) -> str:
    if typed and typed not in words:
        raise RequestMalformed(f"«\u202f{typed[:40]}\u202f» n’est pas {what}. Choisissez dans la liste.")
    return typed


def _words(typed: str) -> str:
    if typed and not folded(typed):
        raise RequestMalformed(f"«\u202f{typed[:40]}\u202f» n’a pas de mot de deux lettres au moins.")
    return _short(typed, LONGEST_WORDS, "Ce que vous cherchez")


def _short(typed: str, longest: int, what: str) -> str:
    if len(typed) > longest:
        raise RequestMalformed(f"{what} dépasse {longest} caractères. Raccourcissez-le.")
    return typed.replace("\0", "")
