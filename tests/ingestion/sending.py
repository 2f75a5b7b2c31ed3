"""Files as a browser sends them, without one."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from uuid import UUID

from ingestion.intake import IntakeLimits
from ingestion.publication.drafts import Drafts
from ingestion.reception import Reception
from ingestion.upload import Sending, Taken
from ingestion.uploads import Uploads

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library


def uploads_of(library: "Library", largest: int = 1_000) -> Uploads:
    """The service over the library; so many bytes are the most that a file may have."""
    parts = library.parts
    return Uploads(
        pool=parts.pool,
        policy=library.policy,
        catalog=parts.catalog,
        ledger=parts.ledger,
        reception=Reception(parts.pool, parts.catalog, parts.ledger, parts.blobs, library.queue, parts.reader),
        drafts=Drafts(parts.pool, parts.ledger, parts.index),
        limits=IntakeLimits(file=largest),
    )


def sending(name: str, *pieces: bytes, size: int | None = None) -> Sending:
    """A file in these pieces."""

    async def sent() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    return Sending(name, size, sent())


async def send(library: "Library", uploads: Uploads, upload: UUID, name: str, *pieces: bytes) -> Taken:
    """Send a file to the collection «Notes»."""
    return await uploads.take(library.principal, "Notes", upload, sending(name, *pieces))
