"""What a worker does with a batch: read, embed, write.

1. Reading: texts and chunks go into the catalogue; what cannot be read fails there, with its reason.
2. Embedding: chunks of many documents fill each call of the model, the slowest part. No connection is held.
3. Writing: points are written and made durable, older versions' removed, and the catalogue and the ledger say that
   the documents can be found, all while nobody else may change these documents. Where another embedding model has
   come into use meanwhile, nothing is written, and the batch is done again.

A worker does several batches at once, each in another stage, so that the model never waits. Between two steps a
crash leaves documents pending, never indexed without their points; whoever does the batch again writes the same
points under the same ids.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ingestion import reception_queries as queries
from ingestion.batch import EMBED_TEXTS, WRITE_POINTS, Read, Waiting, failed, prepared, slices
from ingestion.blobs import BlobStore
from ingestion.claims import locked, waiting
from ingestion.delays import ATTEMPTS, UNFIT, reason_for
from ingestion.erasure import erase, sweep_forsaken
from ingestion.errors import DocumentRefused
from ingestion.failing import Failing, Reason
from ingestion.guard import judge, keep_aside
from ingestion.originals import read_original
from ingestion.reading import Reader
from ingestion.sweeping import sweep
from policies import Act, Event, Json, Ledger
from retrieval.catalog import Catalog
from retrieval.embedding import Embedder
from retrieval.embedding_cache import forget_private
from retrieval.errors import EncodingChanged, IndexOutdated
from retrieval.found import counts
from retrieval.index import Index, Point
from retrieval.quarantine_table import QuarantineTable
from retrieval.rows import Pool
from retrieval.space import Spaces, VectorSpace
from retrieval.sparse import SparseEncoder
from retrieval.watch import UNWATCHED, Step, Watch

INTERRUPTED = "Ce document a interrompu le traitement à chaque essai. Vérifiez-le, puis relancez."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker works with; `index` is that of the space in use."""

    pool: Pool
    catalog: Catalog
    ledger: Ledger
    spaces: Spaces
    sparse: SparseEncoder
    index: Index
    blobs: BlobStore
    reader: Reader
    quarantine: QuarantineTable = field(default_factory=QuarantineTable)
    watch: Watch = UNWATCHED


class Stages:
    """Does jobs, any number at once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._failing = Failing(parts.catalog, parts.ledger, parts.index)

    async def do(self, job: int, attempts: int) -> None:
        """All that the job still has to do; `attempts` counts those before.

        Raises whatever keeps it from being done for now, having noted the reason. After the last attempt what is
        left has failed. From the second attempt on documents go one by one, beginning with another each time, so
        that one which cannot be done, or ends the process, does not keep the others out. What keeps this process from
        every job (`delays.UNFIT`) is no attempt.
        """
        try:
            if attempts >= ATTEMPTS:
                await self.give_up(job, INTERRUPTED)
            else:
                await self._try(job, attempts)
        except UNFIT as error:
            await self._note(job, reason_for(error))
            raise

    async def tidy(self) -> None:
        """Remove what is left of files attached to conversations, and originals that no document names any more."""
        parts = self._parts
        await sweep_forsaken(parts.pool, parts.ledger)
        await erase(parts.pool, parts.index)
        await sweep(parts.pool, parts.blobs)

    async def give_up(self, job: int, reason: str) -> None:
        """Let what is left of the job fail, for that reason, until somebody has it tried again."""
        async with self._parts.pool.connection() as connection:
            left = await locked(connection, job, [one.id for one in await waiting(connection, job)])
            reasons = {one.id: Reason(reason, "given up") for one in left}
            await self._failing.fail(connection, left, reasons, retry=True)

    async def _try(self, job: int, attempts: int) -> None:
        try:
            await self._do(job, attempts)
        except UNFIT:
            raise
        except Exception as error:
            _log.warning("Job %s came to nothing (%s), attempt %s.", job, type(error).__name__, attempts + 1)
            if attempts + 1 >= ATTEMPTS:
                await self.give_up(job, reason_for(error))
            else:
                await self._note(job, reason_for(error))
            raise

    async def _note(self, job: int, reason: str) -> None:
        async with self._parts.pool.connection() as connection:
            await connection.execute(queries.DELAYED, {"job_id": job, "delay": reason})

    async def _do(self, job: int, attempts: int) -> None:
        async with self._parts.pool.connection() as connection:
            left = await waiting(connection, job)
        if not attempts:
            await self._stages(job, left)
            return
        first = attempts % max(len(left), 1)
        problems: list[Exception] = []
        for one in left[first:] + left[:first]:
            try:
                await self._stages(job, [one])
            except Exception as error:  # noqa: BLE001 - raised below, once the others had their turn
                problems.append(error)
        if problems:
            raise problems[0]

    async def _stages(self, job: int, documents: list[Waiting]) -> None:
        read = await asyncio.gather(*(self._read(one) for one in documents))
        for some in slices(await self._enter(job, read), WRITE_POINTS):
            space = await self._parts.spaces.in_use()
            if space.index.outdated:
                raise IndexOutdated
            with self._parts.watch.step(Step.EMBED):
                await self._embed(some, space.embedder)
            with self._parts.watch.step(Step.WRITE):
                await self._write(job, some, space)

    async def _read(self, one: Waiting) -> Read:
        try:
            with self._parts.watch.step(Step.READ):
                document = await read_original(one, self._parts.blobs, self._parts.reader)
            return await asyncio.to_thread(prepared, one, document, self._parts.watch)
        except DocumentRefused as refusal:
            return failed(one, refusal)

    async def _enter(self, job: int, read: Sequence[Read]) -> list[Read]:
        """Put the documents into the catalogue; gives those that are to be found.

        Those that could not be read, or that their collection does not take, have failed; others wait for a person.
        """
        parts = self._parts
        async with parts.pool.connection() as connection:
            ids = {one.id for one in await locked(connection, job, [one.id for one in read])}
            ours = [one for one in read if one.id in ids]
            judged = await judge(connection, parts.quarantine, [one for one in ours if not one.failure])
            if entered := [*judged.taken, *judged.held, *judged.refused]:
                await parts.catalog.put_documents(connection, [one.entry() for one in entered])
            await keep_aside(connection, parts.quarantine, parts.index, judged.held, ours)
            bad = [one for one in ours if one.failure] + judged.refused
            reasons = {one.id: Reason(str(one.failure), type(one.failure).__name__, _found(one)) for one in bad}
            await self._failing.fail(connection, [one.waiting for one in bad], reasons)
            for one in judged.held:
                await parts.ledger.append(connection, _event(Act.DOCUMENT_QUARANTINED, one.waiting, **_found(one)))
        return judged.taken

    async def _embed(self, some: Sequence[Read], embedder: Embedder) -> None:
        texts = [(one, text) for one in some for text in one.texts()]
        for start in range(0, len(texts), EMBED_TEXTS):
            call = texts[start : start + EMBED_TEXTS]
            vectors = await embedder.embed_passages([text for _, text in call])
            for (one, _), vector in zip(call, vectors, strict=True):
                one.vectors.append(vector)

    async def _write(self, job: int, some: Sequence[Read], space: VectorSpace) -> None:
        parts = self._parts
        async with parts.pool.connection() as connection:
            held = {one.id for one in await locked(connection, job, [one.id for one in some])}
            ours = [one for one in some if one.id in held]  # not cancelled, received anew or deleted meanwhile
            if not ours:
                return
            if await parts.spaces.in_use() is not space:
                raise EncodingChanged
            collection_id = ours[0].waiting.collection_id
            known = await parts.catalog.documents(connection, collection_id, [one.id for one in ours])
            metadata = {one.id: one.metadata for one in known.values()}  # which knows what was corrected
            await parts.index.upsert(await asyncio.to_thread(_points, ours, metadata, parts.sparse))
            for one in ours:
                if one.waiting.version > 1:
                    await parts.index.delete(collection_id, one.id, before=one.waiting.version)
            await parts.index.settle()  # the catalogue must not promise what a crash could still take away
            await parts.catalog.mark_indexed(connection, collection_id, {one.id: one.waiting.version for one in ours})
            counts = {"ids": [one.id for one in ours], "points": [len(one.chunks) for one in ours]}
            await connection.execute(queries.PLACED, counts | {"collection_id": collection_id})
            texts = [(collection_id, text) for one in ours for text in one.texts()]
            await forget_private(connection, space.embedder.name, texts)
            events = [_event(Act.DOCUMENT_INDEXED, one.waiting, chunks=len(one.chunks), **_found(one)) for one in ours]
            await parts.ledger.append_all(connection, events)  # last: who holds the ledger waits for no document


def _points(some: Sequence[Read], metadata: dict[str, Any], sparse: SparseEncoder) -> list[Point]:
    return [point for one in some for point in one.points(metadata[one.id], sparse)]


def _found(one: Read) -> dict[str, Json]:
    """Kinds and counts, where the guardrails found something."""
    return {"found": counts(one.inspection.found)} if one.inspection.found else {}


def _event(act: Act, one: Waiting, **details: Json) -> Event:
    place: dict[str, Json] = {
        "collection_id": str(one.collection_id),
        "document_id": one.id,
        "version": one.version,
    }
    return Event(act, one.principal, place | details)
