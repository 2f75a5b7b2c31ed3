"""A chunk as the payload of a point, the same in both engines."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from retrieval.corpus import Chunk, DocumentMetadata, Locator
from retrieval.index import Hit, Point

COLLECTION_ID = "collection_id"
DOCUMENT_ID = "document_id"
VERSION = "version"

# What filters name: these two are indexed as keywords.
KEYWORDS = (COLLECTION_ID, DOCUMENT_ID)


def encode(point: Point) -> dict[str, Any]:
    """Everything that a hit needs to be shown without asking the catalogue."""
    metadata, chunk, locator = point.metadata, point.chunk, point.chunk.locator
    return {
        COLLECTION_ID: str(point.collection_id),
        DOCUMENT_ID: point.document_id,
        VERSION: point.version,
        "title": metadata.title,
        "url": metadata.url,
        "date": _day(metadata.date),
        "in_force_from": _day(metadata.in_force_from),
        "repealed_on": _day(metadata.repealed_on),
        "ordinal": chunk.ordinal,
        "text": chunk.text,
        "page": locator.page,
        "heading_path": list(locator.heading_path),
        "start": locator.start,
        "end": locator.end,
    }


def decode(payload: Mapping[str, Any], *, score: float, similarity: float) -> Hit:
    """The hit that stands for a found point."""
    return Hit(
        collection_id=UUID(payload[COLLECTION_ID]),
        document_id=payload[DOCUMENT_ID],
        version=payload[VERSION],
        metadata=DocumentMetadata(
            title=payload["title"],
            url=payload["url"],
            date=_date(payload["date"]),
            in_force_from=_date(payload["in_force_from"]),
            repealed_on=_date(payload["repealed_on"]),
        ),
        chunk=Chunk(
            ordinal=payload["ordinal"],
            text=payload["text"],
            locator=Locator(
                page=payload["page"],
                heading_path=tuple(payload["heading_path"]),
                start=payload["start"],
                end=payload["end"],
            ),
        ),
        score=score,
        similarity=similarity,
    )


def _day(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def _date(day: str | None) -> dt.date | None:
    return None if day is None else dt.date.fromisoformat(day)
