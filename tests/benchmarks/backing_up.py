"""A backup and its restore, against making the index anew from the vectors that the database keeps.

Vectors are drawn, so that embedding does not outweigh everything: as much is written and read as with real ones.
"""

import asyncio
import hashlib
import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval import CachedEmbedder
from retrieval.index import Vector
from tests.benchmarks.corpus import records, write_lines
from ui.backup.age import identities_of, new_identity
from ui.backup.examining import examine
from ui.backup.making import Made
from ui.identity import local_principal
from ui.opening import open_services
from ui.restore.continuing import Restored
from ui.restore.restoring import restore
from ui.services import Services
from ui.settings import Settings

RECORDS = int(os.environ.get("BENCH_RECORDS", "2000"))
SEED = 2026
PATIENCE_S = 3_600.0
PERSON = local_principal()


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds, MiB, and by how much the memory of the process grew at most while the backup was made."""
    place = home / "backup"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    text, public = new_identity()
    (place / "identity").write_text(text)
    drawn = random.Random(SEED).sample(records(evaluation), RECORDS)  # noqa: S311
    settings = Settings(home=place / "home", checkpoints=(str(place / "places"),), aide="off")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CachedEmbedder, "embed_passages", _drawn)
        async with open_services(settings) as services:
            await services.collections.create(PERSON, "Fiches", "", owner="", readers=frozenset())
            async for _ in services.ingestion.ingest(PERSON, "Fiches", [write_lines(place / "corpus.jsonl", drawn)]):
                pass
            figures = await _backed_up(services, place / "backup.age", public)
    started = time.perf_counter()
    await asyncio.to_thread(examine, place / "backup.age", identities_of(place / "identity"))
    figures["verify_s"] = time.perf_counter() - started
    elsewhere = settings.replaced(home=place / "again", worker="off")
    started = time.perf_counter()
    async for step in restore(elsewhere, PERSON, place / "backup.age", place / "identity"):
        if isinstance(step, Restored):
            figures |= {"documents": step.documents, "to_index": step.to_index}
    figures["restore_s"] = time.perf_counter() - started
    figures |= await _made_anew(settings.replaced(home=place / "again"))
    shutil.rmtree(place, ignore_errors=True)
    return figures


async def _backed_up(services: Services, path: Path, public: str) -> dict[str, Any]:
    before, peak = _resident(), 0

    async def watch() -> None:
        nonlocal peak
        while True:
            peak = max(peak, _resident())
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    started = time.perf_counter()
    size = 0
    async for step in services.backups.make(PERSON, path, [public]):
        size = step.bytes if isinstance(step, Made) else size
    took = time.perf_counter() - started
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    return {"backup_s": took, "backup_mib": size / 2**20, "backup_memory_mib": (peak - before) / 2**20}


async def _made_anew(settings: Settings) -> dict[str, Any]:
    """The same index, where the backup had held none."""
    shutil.rmtree(settings.home / "index")
    async with open_services(settings) as services:
        started = time.perf_counter()
        while await _pending(services):
            if time.perf_counter() - started > PATIENCE_S:
                raise TimeoutError
            await asyncio.sleep(0.5)
        took = time.perf_counter() - started
        known = frozenset(one.id for one, _ in await services.collections.readable(PERSON))
        return {"index_anew_s": took, "chunks": await services.index.count(known)}


async def _pending(services: Services) -> int:
    async with services.pool.connection() as connection:
        row = await (await connection.execute("select count(*) from document where state = 'pending'")).fetchone()
    return int(row[0]) if row else 0


async def _drawn(embedder: CachedEmbedder, texts: Sequence[str]) -> Vector:
    keys = [hashlib.sha256(text.encode()).digest() for text in texts]
    vectors = np.array([_vector(key, embedder.dimension) for key in keys], dtype=np.float32)
    keep: Callable[[dict[bytes, Vector]], Any] = embedder._keep
    await keep(dict(zip(keys, vectors, strict=True)))
    return vectors


def _vector(key: bytes, dimension: int) -> Vector:
    vector = np.random.default_rng(int.from_bytes(key[:8], "big")).standard_normal(dimension).astype(np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def _resident() -> int:
    """Bytes of this process's memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
