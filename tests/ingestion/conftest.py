"""An import with everything real: the embedded database, index and model."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import LiteralString

import numpy as np
import pytest

from ingestion import (
    BlobSettings,
    Ingestion,
    Notice,
    Parts,
    Progress,
    Queue,
    QueueSettings,
    Stages,
    Summary,
    open_blobs,
    open_queue,
)
from policies import Ledger, Policy, PostgresLedger, Principal, load_policy
from retrieval import (
    Catalog,
    Collection,
    DocumentState,
    Embedder,
    Encoding,
    Fusion,
    Hit,
    Index,
    IndexInUse,
    SparseEncoder,
    SparseVector,
    VectorSpace,
    Within,
)
from retrieval.edge import EdgeSettings, open_edge
from retrieval.index import Vector
from tests.ingestion.following import Following, following
from tests.ingestion.plain_reader import PlainReader
from tests.ingestion.two_models import OLD, Two, two
from ui.database import Pool

# The same few texts are imported again and again; the model reads each once a run.
_vectors: dict[str, Vector] = {}

QUICK = QueueSettings(heartbeat_s=0.1, stalled_s=1, look_s=0.05, grace_s=5)

WAITING_JOBS: LiteralString = """
select id from procrastinate_jobs where status = 'todo' and task_name = 'read' order by priority desc, id
"""

EVERYTHING = Fusion(k=20, dense_weight=0.5, candidates=10_000)


class Remembering:
    """`Embedder` over the real one, which it asks only for what it has not seen in this run."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        unknown = [text for text in dict.fromkeys(texts) if text not in _vectors]
        if unknown:
            _vectors.update(zip(unknown, await self._embedder.embed_passages(unknown), strict=True))
        return np.array([_vectors[text] for text in texts], dtype=np.float32)

    async def embed_query(self, text: str) -> Vector:
        return await self._embedder.embed_query(text)


@dataclass(frozen=True, slots=True)
class Library:
    """Collections to import into, and what they hold afterwards."""

    parts: Parts
    policy: Policy
    principal: Principal
    queue: Queue
    embedder: Embedder

    def embedding(self, embedder: Embedder) -> Parts:
        """The parts, with another model."""
        return replace(self.parts, spaces=VectorSpace(embedder, self.parts.index))

    def ingestion(self, parts: Parts | None = None) -> Ingestion:
        parts = parts or self.parts
        return Ingestion(
            pool=parts.pool,
            policy=self.policy,
            catalog=parts.catalog,
            ledger=parts.ledger,
            blobs=parts.blobs,
            queue=self.queue,
            reader=parts.reader,
        )

    @asynccontextmanager
    async def working(self, parts: Parts | None = None, jobs: int = 2) -> AsyncIterator[None]:
        """A worker is at work meanwhile."""
        work = asyncio.create_task(self.queue.work(Stages(parts or self.parts).do, concurrency=jobs))
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def receive(self, name: str, *paths: Path, parts: Parts | None = None) -> Summary:
        """Have these received, for a worker to read."""
        ingesting = self.ingestion(parts).ingest(self.principal, name, paths, detach=True)
        events = [event async for event in ingesting]
        assert isinstance(events[-1], Summary)
        return events[-1]

    async def jobs(self) -> list[int]:
        """The jobs that wait, those whose turn it is first."""
        async with self.parts.pool.connection() as connection:
            rows = await (await connection.execute(WAITING_JOBS)).fetchall()
        return [job for (job,) in rows]

    async def do_jobs(self, parts: Parts | None = None) -> None:
        """Do what waits, as a worker does: what is done leaves the queue, what breaks off stays in it."""
        for job in await self.jobs():
            await Stages(parts or self.parts).do(job, 0)
            async with self.parts.pool.connection() as connection:
                await connection.execute("delete from procrastinate_jobs where id = %s", [job])

    async def create(self, name: str) -> Collection:
        async with self.parts.pool.connection() as connection:
            return await self.parts.catalog.create_collection(connection, name, owner="/DGS")

    async def ingest(self, name: str, *paths: Path, parts: Parts | None = None, base: Path | None = None) -> Summary:
        """Import and give the summary, having checked that progress was told in order."""
        told: list[Progress | Notice | Summary] = []
        async with (
            self.working(parts),
            aclosing(self.ingestion(parts).ingest(self.principal, name, paths, base)) as events,
        ):
            told.extend([event async for event in events if not isinstance(event, Notice)])
        *progress, summary = told
        assert isinstance(summary, Summary)
        assert [step.done for step in progress if isinstance(step, Progress)] == list(range(1, len(progress) + 1))
        return summary

    async def states(self, collection: Collection, *ids: str) -> dict[str, tuple[int, DocumentState, str]]:
        """Version, state and failure of these documents."""
        async with self.parts.pool.connection() as connection:
            found = await self.parts.catalog.documents(connection, collection.id, ids)
        return {one.id: (one.version, one.state, one.failure) for one in found.values()}

    async def hits(self, collection: Collection) -> list[Hit]:
        """All that can be found."""
        dense = np.ones(self.embedder.dimension, np.float32)
        nothing = SparseVector((), ())
        permitted = Within(frozenset({collection.id}))
        return await self.parts.index.search(dense, nothing, within=permitted, fusion=EVERYTHING, limit=10_000)

    async def points(self, collection: Collection) -> frozenset[tuple[str, int, int, str]]:
        """Document, version, ordinal and text of all that can be found."""
        hits = await self.hits(collection)
        found = frozenset((hit.document_id, hit.version, hit.chunk.ordinal, hit.chunk.text) for hit in hits)
        assert len(found) == len(hits) == await self.parts.index.count(frozenset({collection.id}))
        return found

    async def acts(self) -> list[bytes]:
        """The bodies of all records."""
        async with self.parts.pool.connection() as connection:
            return [record.body async for record in self.parts.ledger.records(connection)]


@pytest.fixture
async def library(pool: Pool, tmp_path: Path, administrateur: Principal, e5: Embedder) -> AsyncIterator[Library]:
    ledger: Ledger = PostgresLedger()
    embedder = Remembering(e5)
    async with (
        open_edge(EdgeSettings(tmp_path / "index", Encoding(embedder.name, embedder.dimension))) as index,
        open_blobs(BlobSettings(tmp_path / "blobs")) as blobs,
        open_queue(pool, QUICK) as queue,
    ):
        kept: Index = index
        space = VectorSpace(embedder, kept)
        parts = Parts(pool, Catalog(), ledger, space, SparseEncoder(), kept, blobs, PlainReader())
        yield Library(parts, load_policy(), administrateur, queue, embedder)


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file below the test's own folder of documents and gives its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
async def follows(library: Library, tmp_path: Path) -> Following:
    return await following(library, tmp_path / "places")


@pytest.fixture
async def both(library: Library, tmp_path: Path) -> AsyncIterator[Two]:
    async with two(library.parts.pool, tmp_path / "spaces", library.queue) as both:
        yield both


@pytest.fixture
def assistant(library: Library, both: Two) -> Library:
    """The library, in the space in use."""
    parts = replace(library.parts, spaces=both.spaces, index=IndexInUse(both.spaces))
    return replace(library, parts=parts, embedder=OLD)
