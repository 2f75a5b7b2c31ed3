"""Receiving documents: their bytes into the blob store, their names into the catalogue, a job for each batch.

1. A document is pending in the catalogue, its job in the queue and its reception on record in one transaction;
   its bytes are durable before.
2. What is there already in the same content is not received again, unless it waits or failed for no fault of its
   own: then the new job takes it over.
3. Memory holds one batch of records, or those of one file that a source or an archive has, and a piece of one file.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID, uuid4

import psycopg
from psycopg.types.json import Jsonb

from ingestion import reception_queries as queries
from ingestion.blobs import BlobStore
from ingestion.chunking import PIPELINE
from ingestion.errors import DocumentRefused
from ingestion.expansion import Found, FoundRecord, Unfit, expand
from ingestion.incoming import Original, columns, of_record, of_refusal, prefix, unnamed
from ingestion.intake import FileIntake, Intake, RecordIntake
from ingestion.parsing.parts import PartLimits
from ingestion.publication.parts import staged, unstage_removal
from ingestion.queue import Queue
from ingestion.reading import Reader
from policies import Act, Event, Json, Ledger, Principal
from retrieval.catalog import Catalog
from retrieval.collection_table import require_receiving
from retrieval.corpus import Collection, Document, DocumentState
from retrieval.errors import CollectionNotFound
from retrieval.rows import Connection, Pool

BATCH_DOCUMENTS = 16
BATCH_BYTES = 8_000_000  # beyond this a batch is closed early


@dataclass(slots=True)
class Taken:
    """What became of some documents; those of `job` are its to read, by id with their names.

    `ids` names all that were looked at, and `unsaid` the files of records among them that could not be read and so say
    nothing of theirs; `more` counts the documents found in others, beyond those that were known of.
    """

    job: int | None = None
    documents: dict[str, str] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    more: int = 0
    ids: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)


class Reception:
    """Receives for whoever was permitted to add to the collection."""

    def __init__(
        self,
        pool: Pool,
        catalog: Catalog,
        ledger: Ledger,
        blobs: BlobStore,
        queue: Queue,
        reader: Reader,
        limits: PartLimits | None = None,
    ) -> None:
        self._pool = pool
        self._catalog = catalog
        self._ledger = ledger
        self._blobs = blobs
        self._queue = queue
        self._reader = reader
        self._limits = limits or PartLimits()

    async def receive(
        self,
        principal: Principal,
        collection: Collection,
        items: Iterable[Intake],
        *,
        upload: bool = False,
        continuing: UUID | None = None,
    ) -> AsyncGenerator[Taken, None]:
        """Each step as it is durable.

        Raises `ImportRefused`, `CollectionNotFound`, `CollectionPaused`, `DiskFull`, `BlobsUnavailable`.

        `continuing` is a reception that has begun: what comes joins its latest job until a worker begins that.
        """
        reception, job = continuing or uuid4(), None
        lasts = continuing is not None
        fresh: list[Original] = []
        async with self._pool.connection() as connection:
            await require_receiving(connection, collection)
        incoming = iter(items)
        while some := await asyncio.to_thread(_some, incoming):
            taken = Taken()
            fresh += await self._fresh(collection, some, taken)
            yield taken
            while len(fresh) >= BATCH_DOCUMENTS or sum(one.size for one in fresh) >= BATCH_BYTES:
                batch = list(_batch(fresh))
                del fresh[: len(batch)]
                job = await self._enter(principal, collection, reception, batch, upload=upload, after=job, lasts=lasts)
                yield Taken(job, {one.id: one.name for one in batch})
        if fresh:
            job = await self._enter(principal, collection, reception, fresh, upload=upload, after=job, lasts=lasts)
            yield Taken(job, {one.id: one.name for one in fresh})

    async def _fresh(self, collection: Collection, some: list[Intake], taken: Taken) -> list[Original]:
        """Those that are new or changed, or are to be tried again; the others are told."""
        originals = []
        for item in some:
            if isinstance(item, RecordIntake):
                originals.append(of_record(item))
            else:
                found = await self._originals(item, taken.unsaid)
                taken.more += len(found) - 1
                originals += found
        if collection.conversation is not None:
            originals = [unnamed(one) for one in originals]
        ids = taken.ids = [one.id for one in originals]
        async with self._pool.connection() as connection:
            known = await self._known(connection, collection, ids)
            rows = await (await connection.execute(queries.RETRIABLE, [collection.id, ids])).fetchall()
        again = {identifier for (identifier,) in rows}
        fresh = []
        for one in originals:
            document = known.get(one.id)
            if document is None or one.id in again or not _is_settled(document, one.sha256):
                fresh.append(one)
            elif document.state is DocumentState.FAILED:
                taken.failed.append((one.name, document.failure))
            elif document.state is DocumentState.QUARANTINED:
                taken.held.append(one.name)
            else:
                taken.unchanged.append(one.name)
        return fresh

    async def _known(self, connection: Connection, collection: Collection, ids: list[str]) -> dict[str, Document]:
        """What there is; of a draft, what readers find and what is not to go, too."""
        known = await self._catalog.documents(connection, collection.id, ids)
        if collection.part_of is None:
            return known
        staying = [one for one in ids if one not in await staged(connection, collection.part_of, ids)]
        published = await self._catalog.documents(connection, collection.part_of, staying)
        found = {id_: one for id_, one in published.items() if one.state is DocumentState.INDEXED}
        return found | known

    async def _originals(self, item: FileIntake, unsaid: list[str]) -> list[Original]:
        """The file, or the files and records in it; adds to `unsaid`."""
        originals = []
        async with aclosing(expand(Found(item.id, item.name, item.path), self._reader, self._limits)) as found:
            async for one in found:
                try:
                    if isinstance(one, Unfit):
                        unsaid += [one.id] * one.says_nothing
                        raise one.reason
                    if isinstance(one, FoundRecord):
                        originals.append(of_record(RecordIntake(one.id, one.name, one.content)))
                        continue
                    originals.append(await self._original(FileIntake(one.id, one.name, one.path, item.limit)))
                except DocumentRefused as refusal:
                    originals.append(of_refusal(one.id, one.name, str(refusal)))
        return originals

    async def _original(self, item: FileIntake) -> Original:
        digest, size = hashlib.sha256(prefix()), 0

        async def pieces() -> AsyncIterator[bytes]:
            nonlocal size
            source = item.pieces()
            while piece := await asyncio.to_thread(next, source, b""):
                digest.update(piece)
                size += len(piece)
                yield piece

        blob = await self._blobs.put(pieces())
        return Original(item.id, item.name, digest.hexdigest(), size, blob)

    async def _enter(
        self,
        principal: Principal,
        collection: Collection,
        reception: UUID,
        batch: list[Original],
        *,
        upload: bool,
        after: int | None,
        lasts: bool,
    ) -> int:
        """The documents as pending, with the job that reads them, which is given."""
        batch = await self._with_blobs(batch)
        try:
            async with self._pool.connection() as connection:
                await require_receiving(connection, collection)
                if after is None and not lasts:
                    await connection.execute(queries.RECEPTION, [reception, collection.id, Jsonb(principal.as_json())])
                job = await self._begun(connection, reception, len(batch)) if lasts else None
                if job is None:
                    job = await self._queue.defer(connection, upload=upload, after=after)
                ids = [one.id for one in batch]
                known = await self._catalog.documents(connection, collection.id, ids)
                sha256s = {one.id: one.sha256 for one in batch}
                versions = await self._catalog.receive_documents(connection, collection.id, sha256s)
                values = columns(batch, versions)
                place = {
                    "collection_id": collection.id,
                    "reception_id": reception,
                    "job_id": job,
                    "pipeline": PIPELINE,
                }
                await connection.execute(queries.RECEIVE, values | place)
                if collection.part_of is not None:  # what comes anew does not go
                    await unstage_removal(connection, collection.part_of, ids)
                new = [one for one in batch if one.id not in known or known[one.id].version != versions[one.id]]
                events = [received(principal, collection, one.id, versions[one.id], one.sha256) for one in new]
                await self._ledger.append_all(connection, events)  # last: who holds the ledger waits for no document
        except psycopg.errors.ForeignKeyViolation as error:
            raise CollectionNotFound(collection.name) from error
        return job

    async def _begun(self, connection: Connection, reception: UUID, documents: int) -> int | None:
        """The latest job of the reception, where it has room for so many and waits."""
        await connection.execute(queries.LOCK_RECEPTION, [reception])
        row = await (await connection.execute(queries.LATEST_JOB, [reception])).fetchone()
        if row is None or row[1] + documents > BATCH_DOCUMENTS or not await self._queue.waits(connection, row[0]):
            return None
        return int(row[0])

    async def _with_blobs(self, batch: list[Original]) -> list[Original]:
        """The records among them lie in one file of records from now on."""
        records = [one for one in batch if one.content]
        if not records:
            return batch

        async def contents() -> AsyncIterator[bytes]:
            for one in records:
                yield one.content + b"\n"

        blob = await self._blobs.put(contents())
        placed, start = [one for one in batch if not one.content], 0
        for one in records:
            length = len(one.content)
            placed.append(Original(one.id, one.name, one.sha256, one.size, blob, b"", start, length))
            start += length + 1
        return placed


def _some(items: Iterator[Intake]) -> list[Intake]:
    """The next few; records are read with them."""
    some: list[Intake] = []
    size = 0
    for item in islice(items, BATCH_DOCUMENTS):
        some.append(item)
        size += 0 if isinstance(item, FileIntake) else len(item.content)
        if size >= BATCH_BYTES:
            break
    return some


def _batch(fresh: list[Original]) -> Iterator[Original]:
    size = 0
    for one in fresh[:BATCH_DOCUMENTS]:
        yield one
        size += one.size
        if size >= BATCH_BYTES:
            return


def _is_settled(document: Document, sha256: str) -> bool:
    return document.sha256 == sha256 and document.state is not DocumentState.PENDING


def received(principal: Principal, collection: Collection, document_id: str, version: int, sha256: str) -> Event:
    details: dict[str, Json] = {
        "collection_id": str(collection.id),
        "document_id": document_id,
        "version": version,
        "sha256": sha256,
        "rules": [*collection.allowed_by],
    }
    return Event(Act.DOCUMENT_RECEIVED, principal, details)
