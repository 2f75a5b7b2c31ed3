"""The original of a document, to be taken away by whoever keeps its collection: recorded before a byte is given."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from ingestion.blobs import BlobStore
from ingestion.errors import BlobMissing
from ingestion.originals import ORIGINAL
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.errors import DocumentNotFound
from retrieval.permission import Permission, Which
from retrieval.rows import Pool, one_row

PIECE = 1 << 18  # bytes


@dataclass(frozen=True, slots=True)
class Download:
    """`name` is what the file was called, by whoever gave it: it may be anything. `size` is in bytes."""

    name: str
    size: int
    pieces: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Downloads:
    """Originals are kept of the latest versions alone (see `sweeping`)."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    blobs: BlobStore

    async def has(self, collection_id: UUID, document_id: str, version: int) -> bool:
        """Whether the original of that version is kept, for whoever may know of it already."""
        async with self.pool.connection() as connection:
            return await one_row(connection, ORIGINAL, [collection_id, document_id, version]) is not None

    async def open(self, principal: Principal, which: Which, document_id: str) -> Download:
        """The latest version's, whether the document can be found, waits or has failed.

        A record of a file of records is given alone. Raises `CollectionNotFound`, `Refused`, `DocumentNotFound`,
        `BlobMissing`, `BlobsUnavailable`.
        """
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        return await self.open_in(principal, await permission.called(principal, Action.INGEST, which), document_id)

    async def open_in(self, principal: Principal, collection: Collection, document_id: str) -> Download:
        """The same in a collection to which the principal was permitted to add."""
        async with self.pool.connection() as connection:
            document = await self.catalog.document(connection, collection.id, document_id)
            if document is None:
                raise DocumentNotFound(document_id)
            row = await one_row(connection, ORIGINAL, [collection.id, document_id, document.version])
            if row is None:
                raise BlobMissing
            async with self.blobs.open(row["blob"]) as path:
                size = (await asyncio.to_thread(path.stat)).st_size if row["length"] is None else row["length"]
            details: dict[str, Json] = {
                "collection_id": str(collection.id),
                "document_id": document_id,
                "version": document.version,
                "rules": [*collection.allowed_by],
            }
            await self.ledger.append(connection, Event(Act.DOCUMENT_DOWNLOADED, principal, details))
        name = row["name"] if row["start"] is None else f"{document_id}.json"
        return Download(name, size, self._pieces(row["blob"], row["start"] or 0, size))

    async def _pieces(self, blob: str, start: int, left: int) -> AsyncIterator[bytes]:
        async with self.blobs.open(blob) as path:
            file = await asyncio.to_thread(_opened, path, start)
            try:
                while left and (piece := await asyncio.to_thread(file.read, min(PIECE, left))):
                    left -= len(piece)
                    yield piece
            finally:
                await asyncio.to_thread(file.close)


def _opened(path: Path, start: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(start)
    return file
