"""A chunk as the payload of a point, the same in both engines, and back.

A key may be missing: there is nothing to say (each value costs the engine time), the point was written before the
key was there, or the engine has dropped it when it was set to null. What a point does not say is unknown.

`names` and `cites` are legal references in the index's words (`retrieval.references`): what the document is, and what
the chunk cites. Both are made from the point when it is written. A correction of the metadata renews the names; the
citations, like the vectors, stay as they were read.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

import numpy as np

from retrieval.corpus import Chunk, DocumentMetadata, Locator, TextKind
from retrieval.index import DocumentWords, Hit, Link, Listed, Point, Respect, SparseVector, Stored, Vector
from retrieval.names import folded
from retrieval.references import citations, names

COLLECTION_ID = "collection_id"
DOCUMENT_ID = "document_id"
VERSION = "version"
SIGNED_ON = "signed_on"
IN_FORCE_FROM = "in_force_from"
REPEALED_ON = "repealed_on"
KIND = "kind"
AUTHOR_KEY = "author_key"  # as filters compare it
NAMES = "names"
CITES = "cites"
ORDINAL = "ordinal"
SECTION = "section"

# What filters name: these are indexed as keywords, those as days.
KEYWORDS = (COLLECTION_ID, DOCUMENT_ID, KIND, AUTHOR_KEY, NAMES, CITES)
DAYS = (SIGNED_ON, IN_FORCE_FROM, REPEALED_ON)

# Where a point says what it is tied to.
LINKS = {Link.NAMED: NAMES, Link.CITING: CITES}

DENSE, SPARSE, WHOLE, TITLE = "dense", "sparse", "whole", "title"  # the vectors' names

# The vector of each respect.
VECTORS = {
    Respect.MEANING: DENSE,
    Respect.WORDS: SPARSE,
    Respect.WHOLE: WHOLE,
    Respect.TITLE: TITLE,
}

# Headings that make a section known beyond its document: «Introduction» alone stands in many texts.
SECTION_HEADINGS = 2

NOTHING: tuple[object, ...] = (None, "", [])

PLACE = [COLLECTION_ID, DOCUMENT_ID, VERSION, ORDINAL]  # where a chunk stands
LISTED = [COLLECTION_ID, DOCUMENT_ID, SECTION, "title"]  # what a list says of it


class Record(Protocol):
    """A point as either engine gives it back, its vectors by name."""

    @property
    def id(self) -> Any: ...

    @property
    def payload(self) -> Mapping[str, Any] | None: ...

    @property
    def vector(self) -> Any: ...


def encode(point: Point) -> dict[str, Any]:
    """Everything that a hit needs to be shown without asking the catalogue."""
    chunk, locator = point.chunk, point.chunk.locator
    said = described(point.metadata) | {
        COLLECTION_ID: str(point.collection_id),
        DOCUMENT_ID: point.document_id,
        VERSION: point.version,
        ORDINAL: chunk.ordinal,
        SECTION: _section(locator.heading_path),
        "text": chunk.text,
        "header": chunk.header,
        "page": locator.page,
        "heading_path": list(locator.heading_path),
        "start": locator.start,
        "end": locator.end,
        CITES: sorted(citations(chunk.text, point.metadata)),
    }
    return {key: value for key, value in said.items() if value not in NOTHING}


def described(metadata: DocumentMetadata) -> dict[str, Any]:
    """The part of a payload that tells what is known of the document."""
    return {
        "title": metadata.title,
        "url": metadata.url,
        "date": _day(metadata.date),
        IN_FORCE_FROM: _day(metadata.in_force_from),
        REPEALED_ON: _day(metadata.repealed_on),
        KIND: None if metadata.kind is None else metadata.kind.value,
        "number": metadata.number,
        SIGNED_ON: _day(metadata.signed_on),
        "replaces": list(metadata.replaces),
        "replaced_by": metadata.replaced_by,
        "author": metadata.author,
        AUTHOR_KEY: folded(metadata.author),
        "guessed": sorted(metadata.guessed),
        NAMES: sorted(names(metadata)),
    }


def document_words(point: Point) -> Iterator[tuple[str, SparseVector]]:
    """The vectors of a document's first chunk that are not empty, with their names."""
    if point.document:
        for name, words in ((TITLE, point.document.title), (WHOLE, point.document.whole)):
            if words.indices:
                yield name, words


def id_of(record: Record) -> UUID:
    """The point's."""
    id_ = record.id  # one engine makes it anew each time that it is asked for
    return id_ if isinstance(id_, UUID) else UUID(id_)


def hit(record: Record, question: Vector, *, score: float) -> Hit:
    """What was found, and how near it is to the question's vector, if there is one."""
    said = record.payload or {}
    return Hit(
        collection_id=UUID(said[COLLECTION_ID]),
        document_id=said[DOCUMENT_ID],
        version=said[VERSION],
        metadata=_metadata(said),
        chunk=_chunk(said),
        score=score,
        similarity=float(_dense(record.vector) @ question) if question.size else 0.0,
    )


def hits(records: Iterable[Record], question: Vector, scores: Mapping[UUID, float]) -> list[Hit]:
    """Each record with its score, in the order of the scores."""
    found = {id_of(record): record for record in records}
    return [hit(found[id_], question, score=score) for id_, score in scores.items() if id_ in found]


def point(record: Record) -> Point:
    """The point, as it was written."""
    said, vectors = record.payload or {}, record.vector
    return Point(
        id=UUID(str(record.id)),
        collection_id=UUID(said[COLLECTION_ID]),
        document_id=said[DOCUMENT_ID],
        version=said[VERSION],
        metadata=_metadata(said),
        chunk=_chunk(said),
        dense=_dense(vectors),
        sparse=_words(vectors, SPARSE),
        document=_document(vectors),
    )


def stored(payload: Mapping[str, Any]) -> Stored:
    """What stands in the fields `PLACE`."""
    return Stored(UUID(payload[COLLECTION_ID]), payload[DOCUMENT_ID], payload[VERSION], payload["ordinal"])


def listed(record: Record, *, score: float) -> Listed:
    """What stands in the fields `LISTED`."""
    said = record.payload or {}  # one engine makes it anew each time that it is asked for
    return Listed(
        id=id_of(record),
        collection_id=said[COLLECTION_ID],
        document_id=said[DOCUMENT_ID],
        section=said.get(SECTION, ""),
        is_titled=bool(said.get("title")),
        score=score,
    )


def _section(headings: Sequence[str]) -> str:
    """The same for the same headings, and short."""
    if len(headings) < SECTION_HEADINGS:
        return ""
    return hashlib.blake2b("\n".join(headings).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _words(vectors: Mapping[str, Any], name: str) -> SparseVector:
    words = vectors.get(name)
    return SparseVector((), ()) if words is None else SparseVector(tuple(words.indices), tuple(words.values))


def _document(vectors: Mapping[str, Any]) -> DocumentWords | None:
    document = DocumentWords(_words(vectors, TITLE), _words(vectors, WHOLE))
    return document if document.title.indices or document.whole.indices else None


def _dense(vectors: Mapping[str, Any]) -> Vector:
    return np.asarray(vectors[DENSE], dtype=np.float32)


def _chunk(payload: Mapping[str, Any]) -> Chunk:
    return Chunk(
        ordinal=payload["ordinal"],
        text=payload["text"],
        locator=Locator(
            page=payload.get("page"),
            heading_path=tuple(payload.get("heading_path", ())),
            start=payload["start"],
            end=payload["end"],
        ),
        header=payload.get("header", ""),
    )


def _metadata(payload: Mapping[str, Any]) -> DocumentMetadata:
    kind = payload.get(KIND)
    return DocumentMetadata(
        title=payload.get("title", ""),
        url=payload.get("url", ""),
        date=_date(payload.get("date")),
        in_force_from=_date(payload.get(IN_FORCE_FROM)),
        repealed_on=_date(payload.get(REPEALED_ON)),
        kind=None if kind is None else TextKind(kind),
        number=payload.get("number", ""),
        signed_on=_date(payload.get(SIGNED_ON)),
        replaces=tuple(payload.get("replaces", ())),
        replaced_by=payload.get("replaced_by", ""),
        author=payload.get("author", ""),
        guessed=frozenset(payload.get("guessed", ())),
    )


def _day(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()


def _date(day: str | None) -> dt.date | None:
    return None if day is None else dt.date.fromisoformat(day)
