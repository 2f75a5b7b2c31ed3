"""What an administrator says of a document, in the place of what was read or guessed.

1. A correction holds for the document: in this version and in those that come after it.
2. It ends where a new version states something else about the field than the corrected one did. A guess ends
   no correction.
3. A corrected field is no guess any more.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

from retrieval.corpus import Document, DocumentMetadata, TextKind
from retrieval.errors import DatesReversed

CORRECTABLE = frozenset(
    {"title", "kind", "number", "signed_on", "in_force_from", "repealed_on", "replaces", "replaced_by", "author"}
)
DAYS = frozenset({"signed_on", "in_force_from", "repealed_on"})
_UNKNOWN = {field.name: getattr(DocumentMetadata(title=""), field.name) for field in fields(DocumentMetadata)}


@dataclass(frozen=True, slots=True)
class Corrections:
    """By field: the value that holds, and what the document itself stated of it (unknown where it guessed)."""

    values: Mapping[str, Any]
    stated: Mapping[str, Any]

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """As the catalogue keeps them."""
        return cls(
            {name: _of_json(name, one["value"]) for name, one in kept.items()},
            {name: _of_json(name, one["stated"]) for name, one in kept.items()},
        )

    def as_json(self) -> dict[str, Any]:
        """For the catalogue."""
        return {
            name: {"value": value_json(value), "stated": value_json(self.stated[name])}
            for name, value in self.values.items()
        }

    def applied(self, metadata: DocumentMetadata) -> DocumentMetadata:
        """The metadata as corrected."""
        return replace(metadata, **self.values, guessed=metadata.guessed.difference(self.values))

    def still_holding(self, read: DocumentMetadata) -> "Corrections":
        """Those that hold for a version of which this was read."""
        holding = {
            name: value
            for name, value in self.values.items()
            if _stated(read, name) in (_UNKNOWN[name], self.stated[name])
        }
        return Corrections(holding, {name: self.stated[name] for name in holding})

    def and_also(self, values: Mapping[str, Any], known: DocumentMetadata) -> "Corrections":
        """These and new ones; `known` is the metadata as it stands, with these applied."""
        stated = {name: _stated(known, name) for name in values} | dict(self.stated)
        return Corrections(dict(self.values) | dict(values), stated)


def edition_of(document: Document) -> str:
    """A fingerprint of what is known of a document: who changes it says what they saw."""
    known = {name: value_json(value) for name, value in asdict(document.metadata).items()}
    written = json.dumps([document.version, known], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def require_days_in_order(metadata: DocumentMetadata) -> None:
    """Nothing ends to apply before it begins. Raises `DatesReversed`."""
    starts = metadata.in_force_from or metadata.signed_on
    if starts and metadata.repealed_on and metadata.repealed_on < starts:
        raise DatesReversed(starts, metadata.repealed_on)


def value_json(value: Any) -> Any:
    """A field's value in JSON."""
    match value:
        case dt.date():
            return value.isoformat()
        case tuple() | frozenset():
            return sorted(value) if isinstance(value, frozenset) else list(value)
        case TextKind():
            return value.value
        case _:
            return value


def _stated(metadata: DocumentMetadata, name: str) -> Any:
    return _UNKNOWN[name] if name in metadata.guessed else getattr(metadata, name)


def _of_json(name: str, value: Any) -> Any:
    if name in DAYS:
        return None if value is None else dt.date.fromisoformat(value)
    if name == "kind":
        return None if value is None else TextKind(value)
    return tuple(value) if name == "replaces" else value
