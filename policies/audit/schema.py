"""The schema of records: what each value in one is, and that nothing else enters the ledger.

Invariants:
1. An act that is not in the table, a field that its act does not have, and a value of another type than its field's
   are refused before anything is written.
2. Every record can be read, those of an earlier version too: what the table does not know is `Kind.OTHER`.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from policies.audit.access_details import ACCESS_DETAILS
from policies.audit.details import DETAILS
from policies.audit.event import Act, Event, Json
from policies.audit.kinds import Each, Kind, Named, Shape
from policies.audit.review_details import REVIEW_DETAILS
from policies.errors import EventInvalid
from policies.principal import COMMAND, SERVICE

SCHEMA: Mapping[Act, Shape] = {**DETAILS, **ACCESS_DETAILS, **REVIEW_DETAILS}

_PRINCIPAL: Mapping[str, Shape] = {
    "subject": Kind.PERSON,
    "username": Kind.PERSON_NAME,
    "groups": Each(Kind.GROUP),
    "roles": Each(Kind.ROLE),
}

_NUMBERS = frozenset({Kind.COUNT, Kind.MEASURE, Kind.RECORD})

_CONTENT = Named(Kind.HASH)

EVERY_KIND = frozenset(Kind)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a record that is no list and no object, and where it stands: `("details", "passages", 0, "score")`."""

    kind: Kind
    path: Path
    value: str | int | float | bool | None


def validate(event: Event) -> None:
    """Raises `EventInvalid` for an act, a field or a value that the schema does not have."""
    shape = SCHEMA.get(event.act)
    if shape is None:
        raise EventInvalid(f"L’acte « {event.act} » n’est pas dans le schéma du registre.")
    for path, value in _strays(dict(event.details), shape, ()):
        where = ".".join(map(str, path))
        raise EventInvalid(
            f"L’acte « {event.act} » n’a pas de champ « {where} » pour une valeur de type {type(value).__name__}."
        )


def fields(body: Mapping[str, Any], kinds: Set[Kind] = EVERY_KIND) -> list[Found]:
    """All values of these kinds in a record's body but its act, its time and its format; `None` are left out."""
    found: list[Found] = []
    _collect(body.get("principal", {}), _PRINCIPAL, ("principal",), kinds, found)
    origin = body.get("origin", "")  # format 1 has none
    _collect(origin, Kind.ORIGIN if origin in ("", COMMAND, SERVICE) else Kind.ADDRESS, ("origin",), kinds, found)
    _collect(body.get("details", {}), _shape(body.get("act")), ("details",), kinds, found)
    _collect(body.get("content", {}), _CONTENT, ("content",), kinds, found)
    return found


def _shape(act: Any) -> Shape:
    return SCHEMA.get(act, Kind.OTHER)


def _collect(value: Any, shape: Shape, path: Path, kinds: Set[Kind], found: list[Found]) -> None:
    """One list for all, and no step into a value that nobody wants: ten thousand records a second are read this way."""
    if isinstance(value, dict):
        of_field: Mapping[str, Shape] = shape if isinstance(shape, dict) else {}
        of_others = shape.shape if isinstance(shape, Named) else Kind.OTHER
        for name, one in value.items():
            inner = of_field.get(name, of_others)
            if not isinstance(inner, Kind) or inner in kinds:
                _collect(one, inner, (*path, name), kinds, found)
    elif isinstance(value, list):
        element = shape.shape if isinstance(shape, Each) else Kind.OTHER
        for place, one in enumerate(value):
            _collect(one, element, (*path, place), kinds, found)
    elif value is not None:
        kind = shape if isinstance(shape, Kind) else Kind.OTHER
        if kind in kinds:
            found.append(Found(kind, path, value))


def _field(shape: Shape, name: str) -> Shape:
    if isinstance(shape, Named):
        return shape.shape
    return Kind.OTHER if isinstance(shape, Kind | Each) else shape.get(name, Kind.OTHER)


def _strays(value: Json, shape: Shape, path: Path) -> Iterator[tuple[Path, Json]]:
    """Places that the shape does not have, with what stands there."""
    if value is None:
        return
    if isinstance(shape, Mapping | Named) and isinstance(value, dict):
        for name, one in value.items():
            if isinstance(shape, Mapping) and name not in shape:
                yield (*path, name), one
            else:
                yield from _strays(one, _field(shape, name), (*path, name))
    elif isinstance(shape, Each) and isinstance(value, list):
        for place, one in enumerate(value):
            yield from _strays(one, shape.shape, (*path, place))
    elif not isinstance(shape, Kind) or not _fits(value, shape):
        yield path, value


def _fits(value: Json, kind: Kind) -> bool:
    if kind in _NUMBERS:
        return isinstance(value, int | float)
    if kind is Kind.FLAG:
        return isinstance(value, bool)
    return not isinstance(value, dict | list)
