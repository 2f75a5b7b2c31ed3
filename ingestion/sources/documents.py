"""What a source does to documents that are in the collection already.

Where changes of the collection wait to be published, they are made in its draft, and what is to leave is noted there.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath

from ingestion.publication.drafts import Drafts
from ingestion.sources import queries
from ingestion.sources.followed import Followed, Held, SourceTable
from ingestion.sources.port import Entry
from policies import Act, Event, Json, Ledger
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, Document, DocumentState
from retrieval.index import Index
from retrieval.removal import Removal
from retrieval.rows import Connection, Pool


@dataclass(frozen=True, slots=True)
class SourceDocuments:
    """Changes catalogue and index together, each act on record; `place` is the collection, or its draft."""

    pool: Pool
    table: SourceTable
    catalog: Catalog
    ledger: Ledger
    index: Index
    drafts: Drafts
    collection: Collection
    place: Collection

    async def rename(self, source: Followed, held: Held, entry: Entry) -> bool:
        """Let the document of an entry have another key; False where it is gone.

        A title that was no more than the file's name becomes the new one.
        """
        async with self.pool.connection() as connection:
            if not await self.table.move(connection, source.id, held.key, entry.key, entry.fingerprint):
                return False
            for collection_id in {source.collection_id, self.place.id}:
                await connection.execute(queries.RENAME, [entry.key, collection_id, held.document_id])
            document = await self.catalog.document(connection, self.place.id, held.document_id)
            if document and document.metadata.title == PurePath(held.key).stem:
                await self._retitle(connection, document, PurePath(entry.key).stem)
            await self.ledger.append(connection, _event(Act.DOCUMENT_RENAMED, source, held.document_id))
        return True

    async def fail(
        self, source: Followed, document_id: str, name: str, reason: str, *, keeps_below: bool = False
    ) -> None:
        """Let the document be there, with the reason why it cannot be found; nothing where it is so already."""
        if not keeps_below:
            await self.remove(source, [document_id], but={document_id})
        async with self.pool.connection() as connection:
            known = await self.catalog.document(connection, self.place.id, document_id)
            if known and (known.state, known.failure) == (DocumentState.FAILED, reason):
                return
            content = {document_id: sha256(reason.encode()).hexdigest()}
            version = (await self.catalog.receive_documents(connection, self.place.id, content))[document_id]
            values = [PurePath(name).stem, self.place.id, document_id, version]
            await connection.execute(queries.RETITLE, values)
            await self.index.delete(self.place.id, document_id)
            await self.index.settle()
            await self.catalog.mark_failed(connection, self.place.id, document_id, version, reason)
            await self.ledger.append(connection, _event(Act.DOCUMENT_FAILED, source, document_id, version=version))

    async def remove(self, source: Followed, ids: Iterable[str], but: Container[str] = ()) -> int:
        """Take documents, and what is below them, out, but for those; gives how many."""
        held = [one for one in await self._held(source, ids) if one not in but]
        staged = await self.drafts.remove(source.principal, self.collection, held) if held else []
        if staged is not None:
            return len(staged)
        return await self._removal().remove(source.principal, source.collection_id, held)

    async def _held(self, source: Followed, ids: Iterable[str]) -> list[str]:
        async with self.pool.connection() as connection:
            wanted = list(ids)
            held = await self.table.documents(connection, source.collection_id, wanted)
            if self.place.id == source.collection_id:
                return held
            return sorted({*held, *await self.table.documents(connection, self.place.id, wanted)})

    async def _retitle(self, connection: Connection, document: Document, title: str) -> None:
        values = [title, document.collection_id, document.id, document.version]
        await connection.execute(queries.RETITLE, values)
        metadata = replace(document.metadata, title=title)
        await self.index.describe(document.collection_id, document.id, metadata)
        await self.index.settle()

    def _removal(self) -> Removal:
        return Removal(self.pool, self.ledger, self.index)


def _event(act: Act, source: Followed, document_id: str, **details: Json) -> Event:
    place: dict[str, Json] = {
        "collection_id": str(source.collection_id),
        "document_id": document_id,
        "source_id": str(source.id),
    }
    return Event(act, source.principal, place | details)
