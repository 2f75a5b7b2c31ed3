"""Files attached to a conversation: for its owner alone, for this conversation alone, and gone with it.

1. They are documents of a collection that belongs to the conversation: read in the confined child, inspected, embedded
   and kept as all others are, before any import. What would wait for somebody's decision is refused.
2. Whose the conversation is decides `policies.private`, and no rule.
3. The register knows a file by an identifier; its name is there as a salted hash.
4. A file is entered before it is received: the limit holds, and the same file is not there twice, however many ask
   at once.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID, uuid4

from ingestion import attachment_queries as queries
from ingestion.attachment import AttachedFile, Done, FileState, NotTaken, Offered, Received
from ingestion.delays import is_disk_full
from ingestion.erasure import erase
from ingestion.errors import (
    AttachedTwice,
    AttachmentNotFound,
    ConversationClosed,
    DiskFull,
    DocumentEmpty,
    DocumentRefused,
    TooManyAttached,
)
from ingestion.intake import FileIntake, IntakeLimits
from ingestion.offered import AGAIN, displayed, examined
from ingestion.pipeline import FIRST_LOOK_S, LONGEST_LOOK_S, NO_WORKER
from ingestion.progress import Notice
from ingestion.queue import Queue
from ingestion.reception import Reception
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, DocumentText
from retrieval.errors import CollectionNotFound
from retrieval.index import Index
from retrieval.permission import Permission
from retrieval.removal import Removal
from retrieval.rows import Connection, Pool, all_rows, one_row

MOST = 10  # files of a conversation

NOT_WHOLE = "le fichier n’a pas été reçu en entier. Joignez-le à nouveau."

AttachEvent = Received | NotTaken | Notice | Done


@dataclass(frozen=True, slots=True)
class Attachments:
    """The files of a person's conversations. The conversation need not have begun."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index
    queue: Queue
    reception: Reception
    limits: IntakeLimits
    most: int = MOST

    async def add(
        self, principal: Principal, conversation_id: UUID, files: Sequence[Offered]
    ) -> AsyncGenerator[AttachEvent, None]:
        """Attach these; one that is not taken, or that fails, does not keep the others out.

        Of each file comes either `NotTaken`, or `Received` and later `Done`. Once all `Received` have come the paths
        may be removed; workers go on with what was received when nobody listens any more. Raises
        `ConversationClosed`, `DiskFull`, `BlobsUnavailable`, `LedgerUnavailable`.
        """
        waiting: dict[UUID, AttachedFile] = {}
        for offered in files:
            name = displayed(offered.name)
            try:
                file = await self._taken(principal, conversation_id, name, offered.path)
            except DocumentRefused as refusal:
                yield NotTaken(name, str(refusal))
            else:
                waiting[file.id] = file
                yield Received(file)
        async for event in self._followed(principal, conversation_id, waiting):
            yield event

    async def files(self, principal: Principal, conversation_id: UUID) -> list[AttachedFile]:
        """The files, in the order in which they came; none where the conversation has none, or is someone else's."""
        collection = await self._permission().attached(principal, conversation_id)
        if collection is None:
            return []
        async with self.pool.connection() as connection:
            return [file for file, _ in await _files(connection, collection.id)]

    async def texts(self, principal: Principal, conversation_id: UUID) -> list[DocumentText]:
        """The texts of those that are ready, in the same order; several of a file that holds others."""
        collection = await self._permission().attached(principal, conversation_id)
        if collection is None:
            return []
        async with self.pool.connection() as connection:
            ready = await all_rows(connection, queries.READY, [collection.id])
            return [await self.catalog.text(connection, collection.id, row["id"], row["version"]) for row in ready]

    async def remove(self, principal: Principal, conversation_id: UUID, file_id: UUID) -> None:
        """Take one away, with all that is kept of it. Raises `AttachmentNotFound`, `IndexUnavailable`."""
        collection = await self._permission().attached(principal, conversation_id)
        if collection is None:
            raise AttachmentNotFound
        await self._remove_documents(principal, collection, file_id)
        async with self.pool.connection() as connection:
            row = await one_row(connection, queries.DELETE, [collection.id, file_id])
            if row is None:
                raise AttachmentNotFound
            details = _details(collection) | {"file": str(file_id)}
            event = Event(Act.FILE_REMOVED, principal, details, {"name": row["name"]})
            await self.ledger.append(connection, event)

    async def erase(self) -> None:
        """Take out of the index what conversations that were deleted have left there: call it after a deletion.

        What a crash keeps from being erased cannot be found, and is erased in the night. Raises `IndexUnavailable`.
        """
        await erase(self.pool, self.index)

    async def _taken(self, principal: Principal, conversation_id: UUID, name: str, path: Path) -> AttachedFile:
        """The file, received. Raises `DocumentRefused` where it is not taken."""
        sha256 = await asyncio.to_thread(examined, name, path, self.limits)
        collection, file = await self._entered(principal, conversation_id, name, sha256)
        received = 0
        try:
            item = FileIntake(str(file.id), name, path, self.limits.file)
            async for taken in self.reception.receive(principal, collection, [item], upload=True):
                received += len(taken.documents)
        except CollectionNotFound as error:
            raise ConversationClosed from error
        except BaseException as error:  # whoever attaches it may leave in the midst of it
            await self._forget(principal, collection, file.id)
            if isinstance(error, Exception) and is_disk_full(error) and not isinstance(error, DiskFull):
                raise DiskFull from error
            raise
        if not received:
            await self._forget(principal, collection, file.id)
            raise DocumentEmpty(name, AGAIN)
        if not any(one.id == file.id for one in await self.files(principal, conversation_id)):  # removed meanwhile
            await self._remove_documents(principal, collection, file.id)
        return file

    async def _entered(
        self, principal: Principal, conversation_id: UUID, name: str, sha256: str
    ) -> tuple[Collection, AttachedFile]:
        """A place for the file among those of the conversation; that of the same file where it has failed."""
        async with self.pool.connection() as connection:
            collection = await self.catalog.private_collection(
                connection, principal.subject, conversation_id, create=True
            )
            if collection is None or not self.policy.decide(principal, Action.INGEST, collection.rule).allowed:
                raise ConversationClosed
            await connection.execute(queries.LOCK, [collection.id])
            held = await _files(connection, collection.id)
            same = next((one for one, content in held if content == sha256), None)
            if same is not None and same.state is not FileState.FAILED:
                raise AttachedTwice(name, same.name)
            if sum(one.state is not FileState.FAILED for one, _ in held) >= self.most:
                raise TooManyAttached(name, self.most)
            if same is not None:
                await self._forget_in(connection, collection, same.id)
            file = AttachedFile(uuid4(), name, FileState.READING)
            await connection.execute(queries.INSERT, [file.id, collection.id, name, sha256])
            event = Event(Act.FILE_ATTACHED, principal, _details(collection) | {"file": str(file.id)}, {"name": name})
            await self.ledger.append(connection, event)
        return collection, file

    async def _followed(
        self, principal: Principal, conversation_id: UUID, waiting: dict[UUID, AttachedFile]
    ) -> AsyncGenerator[Notice | Done, None]:
        """What becomes of these, until all is told."""
        wait, told = FIRST_LOOK_S, ""
        while waiting:
            held = {one.id: one for one in await self.files(principal, conversation_id)}
            now = {one.id: held.get(one.id) or _gone(one) for one in waiting.values()}
            settled = [one for one in now.values() if one.state is not FileState.READING]
            for one in settled:
                del waiting[one.id]
                yield Done(one)
            if not waiting:
                return
            delay = next((now[one].reason for one in waiting if now[one].reason), "")
            notice = delay or ("" if await self.queue.is_worked() else NO_WORKER)
            if notice and notice != told:
                yield Notice(notice)
            told = notice
            wait = FIRST_LOOK_S if settled else min(2 * wait, LONGEST_LOOK_S)
            await asyncio.sleep(wait)

    async def _remove_documents(self, principal: Principal, collection: Collection, file_id: UUID) -> None:
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.DOCUMENTS, [collection.id, str(file_id)])
        ids = [row["id"] for row in rows]
        await Removal(self.pool, self.ledger, self.index).remove(principal, collection.id, ids, collection.allowed_by)

    async def _forget(self, principal: Principal, collection: Collection, file_id: UUID) -> None:
        """A file that could not be received leaves nothing."""
        await self._remove_documents(principal, collection, file_id)
        async with self.pool.connection() as connection:
            await connection.execute(queries.DELETE, [collection.id, file_id])

    async def _forget_in(self, connection: Connection, collection: Collection, file_id: UUID) -> None:
        """A file that failed, of which nothing is in the index."""
        await connection.execute(queries.DELETE_DOCUMENTS, [collection.id, str(file_id)])
        await connection.execute(queries.DELETE, [collection.id, file_id])

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


async def _files(connection: Connection, collection_id: UUID) -> list[tuple[AttachedFile, str]]:
    """Each with the SHA-256 of its bytes."""
    rows = await all_rows(connection, queries.FILES, [collection_id])
    files = []
    for row in rows:
        state = FileState.FAILED if row["failed"] else FileState.READING if row["reading"] else FileState.READY
        reasons = {
            FileState.FAILED: row["failure"] or f"{row['name']}\u202f: {NOT_WHOLE}",
            FileState.READING: row["delay"],
            FileState.READY: row["failure"],
        }
        file = AttachedFile(row["id"], row["name"], state, reasons[state], row["passages"])
        files.append((file, row["sha256"]))
    return files


def _gone(file: AttachedFile) -> AttachedFile:
    """Removed while it was being read."""
    return replace(file, state=FileState.FAILED, reason=str(AttachmentNotFound()))


def _details(collection: Collection) -> dict[str, Json]:
    return {"conversation": str(collection.conversation), "collection_id": str(collection.id)}
