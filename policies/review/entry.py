"""A record as the review shows it: pseudonyms in the place of persons and addresses."""

import datetime as dt
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from policies.audit.event import Json, Record
from policies.audit.kinds import Kind
from policies.audit.schema import Found, fields
from policies.review.bodies import person_of, read_body
from policies.review.pseudonyms import Pseudonyms

SEALED = "(scellé)"

# What may be somebody's name, and whose it is cannot be told by a pseudonym.
_NAMES = frozenset({Kind.PERSON_NAME, Kind.OTHER})


@dataclass(frozen=True, slots=True)
class Text:
    """A document as a record names it: in its collection, in a version (0: the record says none)."""

    collection: str
    document: str
    version: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A record without names. `who` is empty for nobody; `origin` is a pseudonym, « commande » or « service »;
    `session` is empty outside of a browser.

    `details` are as recorded, with pseudonyms; `content` says which texts belong to it, by their commitments.
    `groups` is in how many the person was.
    """

    index: int
    at: dt.datetime
    act: str
    who: str
    origin: str
    session: str
    roles: tuple[str, ...]
    groups: int
    details: Mapping[str, Json]
    content: Mapping[str, str]
    found: tuple[Found, ...]
    """All values of `details` with what they are, under pseudonyms."""

    def named(self, kind: Kind) -> list[str]:
        """The values of that kind, each once, in their order."""
        return list(dict.fromkeys(str(one.value) for one in self.found if one.kind is kind and one.value != ""))

    @property
    def texts(self) -> list[Text]:
        """The documents, each once, in their order."""
        places: dict[tuple[str | int, ...], dict[Kind, Any]] = {}
        for one in self.found:
            if one.kind in (Kind.COLLECTION, Kind.DOCUMENT, Kind.VERSION):
                places.setdefault(one.path[:-1], {})[one.kind] = one.value
        named = (place for place in places.values() if Kind.DOCUMENT in place)
        texts = (
            Text(str(one.get(Kind.COLLECTION, "")), str(one[Kind.DOCUMENT]), int(one.get(Kind.VERSION) or 0))
            for one in named
        )
        return list(dict.fromkeys(texts))


def entry(record: Record, pseudonyms: Pseudonyms) -> Entry:
    """The record without names."""
    body = read_body(record.body)
    found = [_sealed(one, pseudonyms) for one in fields(body)]
    told = [one for one in found if one.path[0] == "details"]
    return Entry(
        index=record.index,
        at=record.at,
        act=str(body.get("act", "")),
        who=pseudonyms.of(person_of(body)),
        origin=_at("origin", found),
        session=_at("session", found),
        roles=tuple(str(one.value) for one in found if one.kind is Kind.ROLE and one.path[0] == "principal"),
        groups=sum(one.kind is Kind.GROUP and one.path[0] == "principal" for one in found),
        details=_with(body.get("details"), told),
        content={str(one.path[-1]): str(one.value) for one in found if one.path[0] == "content"},
        found=tuple(told),
    )


def _at(field: str, found: Iterable[Found]) -> str:
    """What stands at the top of the record under that name."""
    return next((str(one.value) for one in found if one.path == (field,)), "")


def _sealed(found: Found, pseudonyms: Pseudonyms) -> Found:
    if found.kind is Kind.PERSON:
        return Found(found.kind, found.path, pseudonyms.of(str(found.value)))
    if found.kind is Kind.ADDRESS:
        return Found(found.kind, found.path, pseudonyms.of_address(str(found.value)))
    if found.kind in _NAMES and isinstance(found.value, str) and found.value:
        return Found(found.kind, found.path, SEALED)
    return found


def _with(details: Any, found: Iterable[Found]) -> Mapping[str, Json]:
    """The details with these values in their places."""
    if not isinstance(details, dict):
        return {}
    sealed = deepcopy(details)
    for one in found:
        holder: Any = sealed
        for step in one.path[1:-1]:
            holder = holder[step]
        holder[one.path[-1]] = one.value
    return sealed
