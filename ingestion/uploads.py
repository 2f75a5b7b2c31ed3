"""Files that somebody's browser sends into a collection, any number, one request each.

1. A file that was answered for is durable: a document, pending, with its job. Sending it again changes nothing.
2. A file that is not taken says why, and keeps no other out.
3. Memory holds a piece of each of `AT_ONCE` files; what is longer than a file may be is not read to its end.
4. An upload is the affair of who began it. Others are told that there is none.
5. Files of one upload join the same job until a worker begins it: a thousand small files make no thousand jobs.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from uuid import UUID, uuid4

from psycopg.types.json import Jsonb

from ingestion import reception_queries
from ingestion import upload_queries as queries
from ingestion.delays import is_disk_full
from ingestion.errors import (
    DiskFull,
    DocumentEmpty,
    DocumentRefused,
    FormatUnread,
    TooLarge,
    UploadClosed,
    UploadNotFound,
)
from ingestion.intake import FileIntake, IntakeLimits, known_suffixes
from ingestion.parsing import jsonl
from ingestion.publication.drafts import Drafts
from ingestion.reception import Reception
from ingestion.upload import Sending, SentFile, SentState, Taken, Upload, UploadProgress
from ingestion.upload_names import document_name, shortened
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.collection_table import require_receiving
from retrieval.corpus import Collection
from retrieval.permission import Permission, Which
from retrieval.rows import Pool, all_rows, one_row
from retrieval.scratch import Scratch, scratch

AT_ONCE = 8  # files that this process receives; the others wait, unread
FIRST_DOCUMENTS = 16  # so many come before imports; the others of a large upload take turns with them
PAGE = 50


@dataclass(frozen=True, slots=True)
class Uploads:
    """For whoever may add to a collection. Every method raises `CollectionNotFound`, `Refused`."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    reception: Reception
    drafts: Drafts
    limits: IntakeLimits
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def start(self, principal: Principal, which: Which) -> UUID:
        """Begin an upload. Raises `CollectionPaused`."""
        collection = await self.collection(principal, which)
        upload_id = uuid4()
        async with self.pool.connection() as connection:
            await require_receiving(connection, collection)
            values = [upload_id, collection.id, Jsonb(principal.as_json())]
            await connection.execute(reception_queries.RECEPTION, values)
            await connection.execute(queries.START, [upload_id])
            await self.ledger.append(connection, Event(Act.UPLOAD_STARTED, principal, _details(collection)))
        return upload_id

    async def take(self, principal: Principal, which: Which, upload_id: UUID, sending: Sending) -> Taken:
        """Receive a file, or say why not.

        Raises `UploadNotFound`, `UploadClosed`, `CollectionPaused`, `DiskFull`, `BlobsUnavailable`, and whatever its
        pieces raise; then the file is to be sent again.
        """
        collection = await self.collection(principal, which)
        upload = await self.upload(principal, collection, upload_id)
        if upload.closed_at is not None:
            raise UploadClosed
        name = shortened(sending.name) or "fichier"
        try:
            name = document_name(sending.name)
            self._require_fit(name, sending.size)
            async with self._room:
                return await self._received(principal, collection, upload, name, sending)
        except DocumentRefused as refusal:
            await self._enter(upload_id, Taken(name, sending.size or 0, str(refusal)))
            return Taken(name, sending.size or 0, str(refusal))
        except Exception as error:
            if is_disk_full(error) and not isinstance(error, DiskFull):
                raise DiskFull from error
            raise

    async def close(self, principal: Principal, which: Which, upload_id: UUID) -> None:
        """Say that no more files come; again changes nothing. Raises `UploadNotFound`."""
        collection = await self.collection(principal, which)
        upload = await self.upload(principal, collection, upload_id)
        async with self.pool.connection() as connection:
            if (await connection.execute(queries.CLOSE, [upload_id])).rowcount:
                counts: dict[str, Json] = {"files": upload.files, "refused": upload.refused}
                event = Event(Act.UPLOAD_CLOSED, principal, _details(collection) | counts)
                await self.ledger.append(connection, event)

    async def progress(self, principal: Principal, which: Which, upload_id: UUID) -> UploadProgress:
        """How far its files are. Raises `UploadNotFound`."""
        upload = await self.upload(principal, await self.collection(principal, which), upload_id)
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.COUNTS, {"id": upload_id})
        counts = {SentState(row["state"]): int(row["count"]) for row in rows}
        return UploadProgress(upload, dict.fromkeys(SentState, 0) | counts)

    async def files(
        self,
        principal: Principal,
        which: Which,
        upload_id: UUID,
        state: SentState | None = None,
        offset: int = 0,
        limit: int = PAGE,
    ) -> list[SentFile]:
        """Its files after the first `offset` ones; those that somebody must see to come first.

        Raises `UploadNotFound`.
        """
        await self.upload(principal, await self.collection(principal, which), upload_id)
        values = {"id": upload_id, "state": state, "offset": offset, "limit": limit}
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.FILES, values)
        return [SentFile(**row | {"state": SentState(row["state"])}) for row in rows]

    async def latest(self, principal: Principal, which: Which, limit: int = 10) -> list[Upload]:
        """One's own uploads into the collection, the latest first."""
        collection = await self.collection(principal, which)
        values = {"collection_id": collection.id, "subject": principal.subject, "limit": limit}
        async with self.pool.connection() as connection:
            return [Upload(**row) for row in await all_rows(connection, queries.LATEST, values)]

    async def collection(self, principal: Principal, which: Which) -> Collection:
        """The collection, for whoever may add to it."""
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        return await permission.called(principal, Action.INGEST, which)

    async def upload(self, principal: Principal, collection: Collection, upload_id: UUID) -> Upload:
        """One's own. Raises `UploadNotFound`."""
        values = {"collection_id": collection.id, "subject": principal.subject, "id": upload_id}
        async with self.pool.connection() as connection:
            row = await one_row(connection, queries.UPLOAD, values)
        if row is None:
            raise UploadNotFound
        return Upload(**row)

    def _require_fit(self, name: str, size: int | None) -> None:
        """Raises `DocumentRefused` where nothing of the file needs to be read to know that it is not taken."""
        known = known_suffixes()
        if PurePath(name).suffix.lower() not in known and not jsonl.holds_records(name):
            raise FormatUnread(name, known, "versez-le à nouveau")
        if size is not None and size > self.limits.file:
            raise TooLarge(name, self.limits.file)

    async def _received(
        self, principal: Principal, collection: Collection, upload: Upload, name: str, sending: Sending
    ) -> Taken:
        with scratch(Scratch.UPLOAD) as folder:
            path = folder / "file"
            size = await self._spooled(name, sending, path)
            target = await self.drafts.target(collection)
            item = FileIntake(name, name, path, self.limits.file)
            first = upload.files < FIRST_DOCUMENTS
            receiving = self.reception.receive(principal, target, [item], upload=first, continuing=upload.id)
            ids: list[str] = []
            entered = 0
            async for step in receiving:
                ids += step.ids
                entered += len(step.documents)
        taken = Taken(name, size, unchanged=not entered)
        await self._enter(upload.id, taken, target, ids)
        return taken

    async def _spooled(self, name: str, sending: Sending, path: Path) -> int:
        """Its bytes in a file of ours; gives how many. Raises `TooLarge`, `DocumentEmpty`."""
        size = 0
        with path.open("xb") as file:
            async for piece in sending.pieces:
                size += len(piece)
                if size > self.limits.file:
                    raise TooLarge(name, self.limits.file)
                await asyncio.to_thread(file.write, piece)
        if not size:
            raise DocumentEmpty(name, "Vérifiez que c’est le bon fichier, puis versez-le à nouveau.")
        return size

    async def _enter(
        self, upload_id: UUID, taken: Taken, target: Collection | None = None, documents: Sequence[str] = ()
    ) -> None:
        values = {
            "upload_id": upload_id,
            "name": taken.name,
            "size": taken.size,
            "refusal": taken.refusal,
            "unchanged": taken.unchanged,
            "collection_id": target.id if target else None,
            "documents": list(documents),
        }
        async with self.pool.connection() as connection:
            await connection.execute(queries.ENTER, values)


def _details(collection: Collection) -> dict[str, Json]:
    return {"collection_id": str(collection.id), "rules": [*collection.allowed_by]}
