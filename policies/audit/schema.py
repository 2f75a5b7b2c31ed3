"""The schema of records: what each value in one is, and that nothing else enters the ledger.

Invariants:
1. An act that is not in the table, a field that its act does not have, and a value of another type than its field's
   are refused before anything is written.
2. Every record can be read, those of an earlier version too: what the table does not know is `Kind.OTHER`.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from types import NoneType
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
    details = dict(event.details)
    if not _TESTS[event.act](details) and (stray := _stray(details, shape)) is not None:
        where, value = ".".join(map(str, stray[0])), stray[1]
        raise EventInvalid(
            f"L’acte « {event.act} » n’a pas de champ « {where} » pour une valeur de type {type(value).__name__}."
        )


def fields(body: Mapping[str, Any], kinds: Set[Kind] = EVERY_KIND) -> list[Found]:
    """All values of these kinds in a record's body but its act, its time and its format; `None` are left out."""
    found: list[Found] = []
    _collect(body.get("principal", {}), _PRINCIPAL, ("principal",), kinds, found)
    origin = body.get("origin", "")  # format 1 has none, and no session
    _collect(origin, Kind.ORIGIN if origin in ("", COMMAND, SERVICE) else Kind.ADDRESS, ("origin",), kinds, found)
    _collect(body.get("session") or None, Kind.SESSION, ("session",), kinds, found)
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


def _stray(value: Json, shape: Shape) -> tuple[Path, Json] | None:
    """A place that the shape does not have, with what stands there; None where there is none."""
    if value is None:
        return None
    if isinstance(shape, Kind):
        return None if _fits(value, shape) else ((), value)
    if isinstance(shape, Each):
        if not isinstance(value, list):
            return (), value
        for place, one in enumerate(value):
            if (stray := _stray(one, shape.shape)) is not None:
                return (place, *stray[0]), stray[1]
        return None
    if not isinstance(value, dict):
        return (), value
    for name, one in value.items():
        known = shape.shape if isinstance(shape, Named) else shape.get(name)
        stray = ((), one) if known is None else _stray(one, known)
        if stray is not None:
            return (name, *stray[0]), stray[1]
    return None


def _fits(value: Json, kind: Kind) -> bool:
    if kind in _NUMBERS:
        return isinstance(value, int | float)
    if kind is Kind.FLAG:
        return isinstance(value, bool)
    return not isinstance(value, dict | list)


def _test(shape: Shape) -> Callable[[Any], bool]:
    """A test of a shape that is made once, because every record passes one: four times as fast as `_stray`.

    It says yes only where `_stray` finds nothing. It looks at exact types, so it may say no of one derived from them.
    """
    if isinstance(shape, Kind):
        types = {kind for kind in (str, int, float, bool) if _fits(kind(), shape)} | {NoneType}
        return lambda value: type(value) in types
    if isinstance(shape, Each):
        element = _test(shape.shape)
        return lambda value: type(value) is list and all(map(element, value))
    if isinstance(shape, Named):
        one = _test(shape.shape)
        return lambda value: type(value) is dict and all(map(one, value.values()))
    return _test_of_fields({name: _test(inner) for name, inner in shape.items()})


def _test_of_fields(tests: Mapping[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name, inner in value.items():
            test = tests.get(name)
            if test is None or not test(inner):
                return False
        return True

    return fits


_TESTS = {act: _test(shape) for act, shape in SCHEMA.items()}
