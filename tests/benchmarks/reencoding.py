"""Filling the index of the next embedding model, against the time that this model itself takes of it.

The texts are imported first with a model that costs nothing. `ratio` is the whole change, from its announcement to
the switch, over the time spent in the new model; what is more is `beside_ms`, of 1,000 chunks.
"""

import asyncio
import os
import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ingestion import Stages, open_queue
from retrieval import CachedEmbedder, E5Settings, EdgeSettings, Embedder, Encoding, Vector, open_e5, open_edge
from tests.benchmarks.corpus import records, write_lines
from tests.benchmarks.costless import DIMENSION, Hashed
from tests.benchmarks.stack import open_stack
from tests.ingestion.two_models import models, two
from ui.database import DatabaseSettings, Pool, open_database
from ui.identity import local_principal

RECORDS = int(os.environ.get("BENCH_RECORDS", "400"))
SEED = 2026


class Timed:
    """Another model, the time in it summed."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self.dimension = embedder.dimension
        self.seconds = 0.0
        self.texts = 0

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        started = time.perf_counter()
        vectors = await self._embedder.embed_passages(texts)
        self.seconds += time.perf_counter() - started
        self.texts += len(texts)
        return vectors

    async def embed_query(self, text: str) -> Vector:
        return await self._embedder.embed_query(text)


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds."""
    drawn = random.Random(SEED).sample(records(evaluation), RECORDS)  # noqa: S311
    place = home / "reencoding"
    shutil.rmtree(place, ignore_errors=True)
    await _import(place, write_lines(place / "records.jsonl", drawn))
    async with open_database(DatabaseSettings(place / "postgres")) as pool, open_e5(E5Settings()) as e5:
        timed = Timed(e5)
        changing_s = await _change(place, pool, timed)
    shutil.rmtree(place, ignore_errors=True)
    return {
        "records": RECORDS,
        "chunks": timed.texts,
        "embedding_s": timed.seconds,
        "changing_s": changing_s,
        "beside_ms": (changing_s - timed.seconds) / timed.texts * 1_000_000,
        "ratio": changing_s / timed.seconds,
    }


async def _import(place: Path, file: Path) -> None:
    async with (
        open_edge(EdgeSettings(place / "index", Encoding("hashed", DIMENSION))) as index,
        open_stack(place, Hashed(), index) as stack,
    ):
        person = local_principal()
        await stack.collections.create(person, "Import", "", owner="", readers=frozenset())
        work = asyncio.create_task(stack.queue.work(Stages(stack.parts).do, concurrency=2))
        async for _ in stack.ingestion.ingest(person, "Import", [file]):
            pass
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def _change(place: Path, pool: Pool, timed: Timed) -> float:
    named = models(Hashed(), CachedEmbedder(timed, pool))
    async with open_queue(pool) as queue, two(pool, place, queue, named) as both:
        started = time.perf_counter()
        await both.succession.announce(local_principal())
        while await both.reencoding.step() or (await both.spaces.row_in_use()).embedding != timed.name:
            continue
        return time.perf_counter() - started
