"""A few documents in the catalogue and the index, as an import would leave them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from retrieval import (
    Catalog,
    Chunk,
    Collection,
    Document,
    DocumentMetadata,
    DocumentState,
    EdgeIndex,
    Embedder,
    Locator,
    Point,
    SparseEncoder,
    contextualise,
    point_id,
)
from ui.database import Pool


@dataclass(frozen=True)
class Corpus:
    """Fills the stores; each line of a document is a chunk."""

    pool: Pool
    catalog: Catalog
    embedder: Embedder
    sparse: SparseEncoder
    index: EdgeIndex

    async def collection(
        self,
        name: str,
        documents: Mapping[str, str],
        readers: frozenset[str] = frozenset(),
        known: Mapping[str, DocumentMetadata] = MappingProxyType({}),
    ) -> Collection:
        """A collection of these documents, by id; the id is the title too, unless more is `known`."""
        async with self.pool.connection() as connection:
            collection = await self.catalog.create_collection(connection, name, owner="/DGS", readers=readers)
        await self._fill(collection, documents, known)
        return collection

    async def attached(
        self,
        person: str,
        conversation_id: UUID,
        documents: Mapping[str, str],
        known: Mapping[str, DocumentMetadata] = MappingProxyType({}),
    ) -> Collection:
        """Files of a conversation of that person (their subject)."""
        async with self.pool.connection() as connection:
            collection = await self.catalog.private_collection(connection, person, conversation_id, create=True)
        assert collection is not None
        await self._fill(collection, documents, known)
        return collection

    async def _fill(
        self, collection: Collection, documents: Mapping[str, str], known: Mapping[str, DocumentMetadata]
    ) -> None:
        metadata = {id_: known.get(id_, DocumentMetadata(id_)) for id_ in documents}
        async with self.pool.connection() as connection:
            entries = [(_entry(collection, id_, text, metadata[id_]), text) for id_, text in documents.items()]
            versions = await self.catalog.put_documents(connection, entries)
            await self.catalog.mark_indexed(connection, collection.id, versions)
        for id_, text in documents.items():
            await self._index(collection, id_, text, metadata[id_])

    async def _index(self, collection: Collection, id_: str, text: str, metadata: DocumentMetadata) -> None:
        chunks = _chunks(text)
        read = [contextualise(id_, chunk) for chunk in chunks]
        vectors = await self.embedder.embed_passages(read)
        words = self.sparse.whole(id_, chunks)
        await self.index.upsert(
            [
                Point(
                    id=point_id(collection.id, id_, 1, "test", chunk.ordinal),
                    collection_id=collection.id,
                    document_id=id_,
                    version=1,
                    metadata=metadata,
                    chunk=chunk,
                    dense=vector,
                    sparse=self.sparse.document(text),
                    document=None if chunk.ordinal else words,
                )
                for chunk, vector, text in zip(chunks, vectors, read, strict=True)
            ]
        )


def _entry(collection: Collection, id_: str, text: str, metadata: DocumentMetadata) -> Document:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Document(id_, collection.id, metadata, 0, sha256, DocumentState.PENDING)


def _chunks(text: str) -> list[Chunk]:
    chunks, start = [], 0
    for ordinal, line in enumerate(text.split("\n")):
        chunks.append(Chunk(ordinal, line, Locator(None, (), start, start + len(line))))
        start += len(line) + 1
    return chunks
