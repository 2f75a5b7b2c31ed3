"""The three stages of an import, each at work on its own documents while the others are on theirs.

1. `prepare`: what is new or changed is entered in the catalogue as pending, with its record.
2. `embed`: chunks of many documents fill each batch of the model, the slowest part.
3. `write`: points are written and made durable, older versions' removed, then the catalogue and the
   ledger say that the documents can be found.

Between two steps a crash leaves documents pending, never indexed without their points; the next run
of the same import takes them up again and writes the same points under the same ids.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from ingestion.batch import Parsed, Received, parse_all, take
from ingestion.chunking import PIPELINE
from ingestion.intake import Intake, Selection, Unread
from ingestion.progress import Progress, Summary
from policies import Act, Event, Json, Ledger, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, Document, DocumentState, point_id
from retrieval.embedding import Embedder
from retrieval.errors import CollectionNotFound
from retrieval.index import Index, Point
from retrieval.sparse import SparseEncoder

Pool = AsyncConnectionPool[AsyncConnection[Any]]

EMBED_TEXTS = 32  # in one call of the model
WRITE_POINTS = 256  # made durable at once
WAITING_DOCUMENTS = 64  # between two stages


@dataclass(frozen=True, slots=True)
class Parts:
    """What an import works with."""

    pool: Pool
    catalog: Catalog
    ledger: Ledger
    embedder: Embedder
    sparse: SparseEncoder
    index: Index


class Import:
    """One import of a selection into a collection."""

    def __init__(
        self,
        parts: Parts,
        principal: Principal,
        collection: Collection,
        selection: Selection,
        events: asyncio.Queue[Progress | Summary | None],
    ) -> None:
        self._parts = parts
        self._principal = principal
        self._collection = collection
        self._selection = selection
        self._events = events
        self._received: asyncio.Queue[Received | None] = asyncio.Queue(WAITING_DOCUMENTS)
        self._embedded: asyncio.Queue[Received | None] = asyncio.Queue(WAITING_DOCUMENTS)
        self._done = self._added = self._changed = self._unchanged = 0
        self._failed: list[tuple[str, str]] = []

    async def run(self) -> None:
        """All of it. Raises an `ExceptionGroup` of what went wrong in the stages."""
        async with asyncio.TaskGroup() as stages:
            stages.create_task(self._prepare())
            stages.create_task(self._embed())
            stages.create_task(self._write())
        skipped = list(self._selection.skipped)
        self._events.put_nowait(Summary(self._added, self._changed, self._unchanged, self._failed, skipped))

    async def _prepare(self) -> None:
        items = self._selection.items()
        while batch := await asyncio.to_thread(take, items):
            hashes = {item.id: sha256 for item, sha256 in batch if not isinstance(item, Unread)}
            async with self._parts.pool.connection() as connection:
                known = await self._parts.catalog.documents(connection, self._collection.id, list(hashes))
            fresh = [(item, sha256) for item, sha256 in batch if not self._is_settled(item, sha256, known)]
            parsed = await asyncio.to_thread(parse_all, fresh)
            for received in await self._enter(parsed, known):
                await self._received.put(received)
        await self._received.put(None)

    def _is_settled(self, item: Intake | Unread, sha256: str, known: dict[str, Document]) -> bool:
        """Whether there is nothing to do, which is counted here."""
        if isinstance(item, Unread):
            self._fail(item.name, str(item.reason))
            return True
        document = known.get(item.id)
        if document is None or document.sha256 != sha256 or document.state is DocumentState.PENDING:
            return False
        if document.state is DocumentState.FAILED:
            self._fail(item.name, document.failure)
        else:
            self._unchanged += 1
            self._tell(item.name)
        return True

    async def _enter(self, parsed: list[Parsed], known: dict[str, Document]) -> list[Received]:
        """Put the documents into the catalogue as pending, and say at once which of them have failed."""
        if not parsed:
            return []
        async with self._parts.pool.connection() as connection:
            entries = [(self._entry(one), one.document.text) for one in parsed]
            versions = await self._parts.catalog.put_documents(connection, entries)
            for one in parsed:
                before, version = known.get(one.intake.id), versions[one.intake.id]
                if before is None or before.version != version:
                    event = self._event(Act.DOCUMENT_RECEIVED, one.intake.id, version, sha256=one.sha256)
                    await self._parts.ledger.append(connection, event)
        failed = [one for one in parsed if one.failure]
        if failed:
            await self._give_up(failed, versions)
        return [
            Received(one.intake.id, one.intake.name, versions[one.intake.id], one.document.metadata, one.chunks)
            for one in parsed
            if not one.failure
        ]

    async def _give_up(self, failed: list[Parsed], versions: dict[str, int]) -> None:
        """Take the documents' older versions out of the index, then say in the catalogue why they failed."""
        for one in failed:
            if versions[one.intake.id] > 1:
                await self._parts.index.delete(self._collection.id, one.intake.id)
        await self._parts.index.settle()
        async with self._parts.pool.connection() as connection:
            for one in failed:
                identifier, reason = one.intake.id, str(one.failure)
                version = versions[identifier]
                await self._parts.catalog.mark_failed(connection, self._collection.id, identifier, version, reason)
            for one in failed:  # last: who holds the ledger waits for no document
                identifier, kind = one.intake.id, type(one.failure).__name__
                event = self._event(Act.DOCUMENT_FAILED, identifier, versions[identifier], failure=kind)
                await self._parts.ledger.append(connection, event)
        for one in failed:
            self._fail(one.intake.name, str(one.failure))

    async def _embed(self) -> None:
        waiting: list[tuple[Received, str]] = []
        while (received := await self._received.get()) is not None:
            waiting += [(received, text) for text in received.texts()]
            while len(waiting) >= EMBED_TEXTS:
                await self._embed_batch(waiting[:EMBED_TEXTS])
                del waiting[:EMBED_TEXTS]
        if waiting:
            await self._embed_batch(waiting)
        await self._embedded.put(None)

    async def _embed_batch(self, batch: list[tuple[Received, str]]) -> None:
        vectors = await self._parts.embedder.embed_passages([text for _, text in batch])
        for (received, _), vector in zip(batch, vectors, strict=True):
            received.vectors.append(vector)
            if received.is_embedded:
                self._tell(received.name)
                await self._embedded.put(received)

    async def _write(self) -> None:
        batch: list[Received] = []
        while (received := await self._embedded.get()) is not None:
            batch.append(received)
            if sum(len(one.chunks) for one in batch) >= WRITE_POINTS:
                await self._write_batch(batch)
                batch = []
        if batch:
            await self._write_batch(batch)

    async def _write_batch(self, batch: list[Received]) -> None:
        index, collection = self._parts.index, self._collection
        async with self._parts.pool.connection() as connection:  # which knows what was corrected
            held = await self._parts.catalog.documents(connection, collection.id, [one.id for one in batch])
        await index.upsert(await asyncio.to_thread(self._points, batch, held))
        for one in batch:
            if one.version > 1:
                await index.delete(collection.id, one.id, before=one.version)
        await index.settle()  # the catalogue must not promise what a crash could still take away
        try:
            async with self._parts.pool.connection() as connection:
                await self._parts.catalog.collection_by_id(connection, collection.id)
                versions = {one.id: one.version for one in batch}
                await self._parts.catalog.mark_indexed(connection, collection.id, versions)
                for one in batch:
                    event = self._event(Act.DOCUMENT_INDEXED, one.id, one.version, chunks=len(one.chunks))
                    await self._parts.ledger.append(connection, event)
        except CollectionNotFound:  # deleted meanwhile; its points go with it
            await index.delete(collection.id)
            raise
        self._added += sum(one.version == 1 for one in batch)
        self._changed += sum(one.version > 1 for one in batch)

    def _points(self, batch: list[Received], held: Mapping[str, Document]) -> list[Point]:
        return [
            Point(
                id=point_id(self._collection.id, one.id, one.version, PIPELINE, piece.ordinal),
                collection_id=self._collection.id,
                document_id=one.id,
                version=one.version,
                metadata=held[one.id].metadata if one.id in held else one.metadata,
                chunk=piece,
                dense=vector,
                sparse=self._parts.sparse.document(text),
            )
            for one in batch
            for piece, vector, text in zip(one.chunks, one.vectors, one.texts(), strict=True)
        ]

    def _entry(self, one: Parsed) -> Document:
        return Document(
            id=one.intake.id,
            collection_id=self._collection.id,
            metadata=one.document.metadata,
            version=1,  # the catalogue numbers versions
            sha256=one.sha256,
            state=DocumentState.PENDING,
        )

    def _event(self, act: Act, document_id: str, version: int, **details: Json) -> Event:
        place: dict[str, Json] = {
            "collection_id": str(self._collection.id),
            "document_id": document_id,
            "version": version,
        }
        return Event(act, self._principal, place | details)

    def _fail(self, name: str, reason: str) -> None:
        self._failed.append((name, reason))
        self._tell(name)

    def _tell(self, name: str) -> None:
        self._done += 1
        self._events.put_nowait(Progress(self._done, self._selection.total, name))
