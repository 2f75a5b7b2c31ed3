"""An answer as a conversation keeps it: JSON in PostgreSQL."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from assistant.conversation import Ending, Reply, Source
from assistant.tasks.difference import Difference, Quotation


def written(reply: Reply) -> Jsonb:
    """All of its fields."""
    return Jsonb(asdict(reply), dumps=_dumps)


def read(value: Mapping[str, Any]) -> Reply:
    """The answer; what was kept by an earlier version lacks some of its fields."""
    return Reply(
        text=value["text"],
        sources=tuple(map(_source, value["sources"])),
        doubtful=tuple(value["doubtful"]),
        named=tuple(UUID(collection) for collection in value["named"]),
        model=value["model"],
        refused=value["refused"],
        partial=tuple(value.get("partial", ())),
        ending=Ending(value["ending"]),
        on=_day(value.get("on")),
        understood=value.get("understood", ""),
        acronyms=tuple((short, long) for short, long in value.get("acronyms", ())),
        differences=tuple(map(_difference, value.get("differences", ()))),
        answer=UUID(value["answer"]) if value.get("answer") else None,
    )


def _source(value: Mapping[str, Any]) -> Source:
    read = {
        "collection_id": UUID(value["collection_id"]),
        "heading_path": tuple(value["heading_path"]),
        "in_force_from": _day(value.get("in_force_from")),
        "repealed_on": _day(value.get("repealed_on")),
    }
    return Source(**{**value, **read})


def _difference(value: Mapping[str, Any]) -> Difference:
    old, new = (Quotation(**side) if side else None for side in (value["old"], value["new"]))
    before, after = (tuple((start, end) for start, end in spans) for spans in value["words"])
    return Difference(old, new, value["place"], value["figures"], (before, after))


def _day(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)


def _dumps(value: Any) -> str:
    return json.dumps(value, default=str)  # identifiers and days
