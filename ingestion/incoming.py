"""A document on its way in, before the catalogue knows of it."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from ingestion.chunking import PIPELINE
from ingestion.intake import RecordIntake


@dataclass(frozen=True, slots=True)
class Original:
    """A document as it was received; `content` is a record's, a file lies in `blob` already.

    `refusal` says why there is neither: the document is to fail for that.
    """

    id: str
    name: str
    sha256: str  # of all that makes its text and chunks
    size: int
    blob: str = ""
    content: bytes = b""
    start: int | None = None
    length: int | None = None
    refusal: str = ""


def prefix() -> bytes:
    """Another pipeline makes another text of the same bytes."""
    return PIPELINE.encode() + b"\0"


def of_record(item: RecordIntake) -> Original:
    """A record of a file of records."""
    sha256 = hashlib.sha256(prefix() + item.content).hexdigest()
    return Original(item.id, item.name, sha256, len(item.content), content=item.content)


def of_refusal(identifier: str, name: str, reason: str) -> Original:
    """A file that cannot even be received, for that reason."""
    sha256 = hashlib.sha256(prefix() + b"refused\0" + reason.encode("utf-8", "replace")).hexdigest()
    return Original(identifier, name, sha256, 0, refusal=reason)


def unnamed(one: Original) -> Original:
    """The same, its identifier without what a file that is in another, or a record, calls itself.

    Identifiers stand in the register in clear; what a private file holds may not.
    """
    file, inside, _ = one.id.partition("/")
    return replace(one, id=f"{file}/{uuid4().hex}") if inside else one


def columns(batch: list[Original], versions: dict[str, int]) -> dict[str, Any]:
    """For `reception_queries.RECEIVE`."""
    return {
        "ids": [one.id for one in batch],
        "versions": [versions[one.id] for one in batch],
        "names": [one.name for one in batch],
        "blobs": [one.blob for one in batch],
        "starts": [one.start for one in batch],
        "lengths": [one.length for one in batch],
        "refusals": [one.refusal for one in batch],
    }
