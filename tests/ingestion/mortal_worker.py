"""A worker with everything real but the model, in a process of its own, that can be killed at any of its steps.

A step is a call to one of its parts, a connection taken, a transaction about to commit, one that has committed.
"""

import asyncio
import hashlib
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ingestion import BlobSettings, Ingestion, Parts, QueueSettings, Stages, Summary, open_blobs, open_queue
from ingestion.sweeping import sweep
from policies import PostgresLedger, Principal, Role, load_policy
from retrieval import (
    Catalog,
    EdgeSettings,
    Encoding,
    Fusion,
    SparseEncoder,
    SparseVector,
    Vector,
    VectorSpace,
    Within,
    open_edge,
)
from tests.ingestion.plain_reader import PlainReader
from tests.ingestion.steps import Crash, Steps
from tests.ingestion.table_index import TableIndex
from ui.connections import CancellablePool

PERSON = Principal("s-admin", "admin", frozenset(), frozenset({Role.AGENT, Role.GESTIONNAIRE, Role.ADMINISTRATEUR}))
DIMENSION = 8
SETTINGS = QueueSettings(heartbeat_s=60, stalled_s=30, look_s=0.05)
EVERYTHING = Fusion(k=20, dense_weight=0.5, candidates=10_000)


class Cheap:
    """`Embedder` that costs nothing."""

    def __init__(self, name: str = "cheap", dimension: int = DIMENSION) -> None:
        self.name = name
        self.dimension = dimension

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        digests = [hashlib.shake_128(f"{self.name} {text}".encode()).digest(self.dimension) for text in texts]
        rows = [np.frombuffer(digest, np.uint8) for digest in digests]
        vectors = np.array(rows, np.float32).reshape(len(texts), self.dimension) + 1
        unit: Vector = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        return unit

    async def embed_query(self, text: str) -> Vector:
        vector: Vector = (await self.embed_passages([text]))[0]
        return vector


def killed() -> BaseException:
    """The process ends as when the kernel kills it: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)
    return Crash()


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[Parts]:
    async with (
        CancellablePool(url, min_size=1, max_size=6, open=False) as pool,
        open_edge(EdgeSettings(folder / "index", Encoding("cheap", DIMENSION))) as index,
        open_blobs(BlobSettings(folder / "blobs")) as blobs,
    ):
        kept: Any = index
        space = VectorSpace(Cheap(), kept)
        yield Parts(pool, Catalog(), PostgresLedger(), space, SparseEncoder(), kept, blobs, PlainReader())


async def ingest(parts: Parts, name: str, paths: list[Path], *, steps: Steps) -> Summary:
    """Receive, and work until all of it is done."""
    pool = steps.pool(parts.pool)
    counted = {part: steps.through(getattr(parts, part)) for part in ("catalog", "ledger", "index", "blobs")}
    parts = replace(parts, pool=pool, spaces=VectorSpace(steps.through(Cheap()), counted["index"]), **counted)
    async with open_queue(pool, SETTINGS) as queue:
        ingestion = Ingestion(
            pool=pool,
            policy=load_policy(),
            catalog=parts.catalog,
            ledger=parts.ledger,
            blobs=parts.blobs,
            queue=queue,
            reader=parts.reader,
        )
        work = asyncio.create_task(queue.work(Stages(parts).do, concurrency=2))
        events = [event async for event in ingestion.ingest(PERSON, name, paths)]
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
    assert isinstance(events[-1], Summary)
    return events[-1]


async def begin(url: str, folder: Path, name: str, first: list[Path]) -> None:
    """Make a collection of these files."""
    async with opened(url, folder) as parts:
        async with parts.pool.connection() as connection:
            await parts.catalog.create_collection(connection, name, owner="/DGS")
        await ingest(parts, name, first, steps=Steps(None))


def change(url: str, folder: Path, name: str, then: list[Path], last: int | None) -> None:
    """Import other files, until killed at the last step."""

    async def run() -> None:
        async with opened(url, folder) as parts:
            await ingest(parts, name, then, steps=Steps(last, error=killed))

    asyncio.run(run())


async def finish(url: str, folder: Path, name: str, then: list[Path]) -> dict[str, Any]:
    """Be the worker that comes after; then import once more what was not received. Gives what there is now."""
    async with opened(url, folder) as parts:
        async with parts.pool.connection() as connection:  # time has passed
            await connection.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 h'")
        async with open_queue(parts.pool, SETTINGS) as queue:
            work = asyncio.create_task(queue.work(Stages(parts).do, concurrency=2))
            while await _pending(parts):
                continue
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        summary = await ingest(parts, name, then, steps=Steps(None))
        await sweep(parts.pool, parts.blobs, older_than=0)
        return {"failed": len(summary.failed)} | await state(parts, name)


async def state(parts: Parts, name: str) -> dict[str, Any]:
    """Points, documents, originals named and originals kept."""
    async with parts.pool.connection() as connection:
        collection = await parts.catalog.collection(connection, name)
        query = "select id, version, state from document where collection_id = %s order by id"
        documents = await (await connection.execute(query, [collection.id])).fetchall()
        query = "select distinct blob from received where collection_id = %s"
        named = await (await connection.execute(query, [collection.id])).fetchall()
        query = "select document_id, version, points from received where collection_id = %s order by document_id"
        received = await (await connection.execute(query, [collection.id])).fetchall()
    hits = await parts.index.search(
        np.ones(DIMENSION, np.float32),
        SparseVector((), ()),
        within=Within(frozenset({collection.id})),
        fusion=EVERYTHING,
        limit=10_000,
    )
    return {
        "points": sorted((hit.document_id, hit.version, hit.chunk.ordinal, hit.chunk.text) for hit in hits),
        "documents": documents,
        "received": received,
        "blobs_agree": {blob for (blob,) in named} == {blob async for blob in parts.blobs.names()},
    }


async def _pending(parts: Parts) -> bool:
    async with parts.pool.connection() as connection:
        query = "select exists (select from document where state = 'pending')"
        row = await (await connection.execute(query)).fetchone()
    return bool(row and row[0])


def work_beside(url: str, folder: str, told: str, last: int | None) -> None:
    """Be one of several workers, until nothing waits or until killed at the last step. Tells how many jobs it did."""

    async def run() -> int:
        async with (
            CancellablePool(url, min_size=1, max_size=6, open=False) as pool,
            open_blobs(BlobSettings(Path(folder))) as blobs,
            open_queue(pool, replace(SETTINGS, heartbeat_s=0.1, stalled_s=1, take_up="* * * * * *")) as queue,
        ):
            index: Any = TableIndex(pool)
            steps = Steps(last, error=killed)
            space, ledger = VectorSpace(Cheap(), index), steps.through(PostgresLedger())
            parts = Parts(pool, Catalog(), ledger, space, SparseEncoder(), index, blobs, PlainReader())
            done = 0

            async def do(job: int, attempts: int) -> None:
                nonlocal done
                await Stages(parts).do(job, attempts)
                done += 1

            work = asyncio.create_task(queue.work(do, concurrency=2))
            while await _pending(parts):
                continue
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            return done

    Path(told).write_text(str(asyncio.run(run())))
