"""What stands in a record, as the review shows it: French words, names of collections, and what leads further."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies.audit.kinds import Kind
from policies.audit.schema import Found
from policies.review.entry import Entry
from ui.pages import french_date, moment, number, pages
from ui.review.fields import FIELDS
from ui.review.words import ACTS

# Values that the register can be narrowed to, by the field of the filter form.
_FILTERS = {
    Kind.COLLECTION: "collection",
    Kind.CONVERSATION: "conversation",
    Kind.EXCHANGE: "exchange",
    Kind.SESSION: "session",
    Kind.PERSON: "about",
    Kind.PSEUDONYM: "about",
    Kind.ADDRESS: "origin",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as people read it; `filter` and `value` are what the register can be narrowed to, `record` leads there.

    `is_hash` says that it is a fingerprint, which is long.
    """

    text: str
    filter: str = ""
    value: str = ""
    record: int | None = None
    is_hash: bool = False


Shown = Cell | list["Shown"] | dict[str, "Shown"]


def details(entry: Entry, collections: Mapping[str, str]) -> dict[str, Shown]:
    """What the act says of itself, in its own form; `collections` are the names of those there are, by identifier."""
    held: dict[Any, Any] = {}
    for found in entry.found:
        if found.path[1:] and found.value != "":
            _put(held, found.path[1:], _cell(found, collections))
    shown: dict[str, Shown] = _listed(held)
    return shown


def _cell(found: Found, collections: Mapping[str, str]) -> Cell:
    """One value."""
    value = found.value
    if found.kind is Kind.RECORD and isinstance(value, int):
        return Cell(number(value), record=value)
    text = _text(found.kind, value, collections)
    return Cell(text, _FILTERS.get(found.kind, ""), str(value), is_hash=found.kind is Kind.HASH)


def _text(kind: Kind, value: str | float | bool | None, collections: Mapping[str, str]) -> str:
    match kind:
        case Kind.COLLECTION:
            return collections.get(str(value), str(value))
        case Kind.ACT:
            return title(str(value))
        case Kind.TIME:
            return _time(str(value))
    match value:
        case True:
            return "oui"
        case False:
            return "non"
        case int():
            return number(value)
        case float():
            return f"{value:.4g}".replace(".", ",")
    return str(value)


def title(act: str) -> str:
    """The act in French; one that is not known by its own name."""
    return ACTS.get(act, act)


def label(name: str) -> str:
    """A field in French; one that is not known by its own name."""
    return FIELDS.get(name, name)


def _time(value: str) -> str:
    """A day, or a moment, in French; what is neither as it is."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return french_date(dt.date.fromisoformat(value))
        return moment(dt.datetime.fromisoformat(value))
    except ValueError:
        return value


def _put(into: dict[Any, Any], path: tuple[str | int, ...], cell: Cell) -> None:
    for step in path[:-1]:
        into = into.setdefault(step, {})
    into[path[-1]] = cell


def _listed(held: Any) -> Any:
    """The same, with lists where the steps are places."""
    if isinstance(held, Cell):
        return held
    if any(isinstance(step, int) for step in held):
        return [_listed(one) for one in held.values()]
    return {step: _listed(one) for step, one in held.items()}


def columns(rows: list[dict[str, Shown]]) -> list[str]:
    """The names of the fields that any of these have, in their order."""
    return list(dict.fromkeys(name for one in rows for name in one))


def _is_cell(one: object) -> bool:
    return isinstance(one, Cell)


pages.filters |= {"field": label, "columns": columns}
pages.tests["cell"] = _is_cell
