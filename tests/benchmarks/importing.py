"""Importing records against embedding the same chunks alone.

Both sides take the same slices in turns, so that what else the machine does weighs on both alike.
"""

import os
import random
import shutil
import time
from pathlib import Path
from typing import Any

from ingestion import chunk
from ingestion.parsing import jsonl
from retrieval import E5Settings, Embedder, contextualise, open_e5
from tests.benchmarks.corpus import records, write_lines
from ui.home import own
from ui.identity import local_principal
from ui.opening import open_services
from ui.settings import Settings

RECORDS = int(os.environ.get("BENCH_RECORDS", "2000"))
SLICES = 10
BATCH = 32
SEED = 2026


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """`ratio` is import time over embedding time."""
    drawn = random.Random(SEED).sample(records(evaluation), RECORDS)  # noqa: S311
    size = RECORDS // SLICES
    slices = [drawn[start : start + size] for start in range(0, RECORDS, size)]
    place = home / "import"
    shutil.rmtree(place, ignore_errors=True)
    embedding = importing = 0.0
    chunks = 0
    person = local_principal()
    with own(place):
        async with open_services(Settings(home=place)) as services, open_e5(E5Settings()) as alone:
            await services.collections.create(person, "Import", "", owner="", readers=frozenset())
            for number, piece in enumerate(slices):
                file = write_lines(place / f"slice-{number}.jsonl", piece)
                texts = _texts(file)
                chunks += len(texts)
                started = time.perf_counter()
                await _embed(alone, texts)
                embedding += time.perf_counter() - started
                started = time.perf_counter()
                async for _ in services.ingestion.ingest(person, "Import", [file]):
                    pass
                importing += time.perf_counter() - started
    shutil.rmtree(place, ignore_errors=True)
    return {
        "records": RECORDS,
        "chunks": chunks,
        "embedding_s": embedding,
        "importing_s": importing,
        "ratio": importing / embedding,
    }


def _texts(file: Path) -> list[str]:
    documents = [record.document() for _, record in jsonl.records(file, file.stat().st_size)]
    return [contextualise(document.metadata.title, piece) for document in documents for piece in chunk(document)]


async def _embed(embedder: Embedder, texts: list[str]) -> None:
    for start in range(0, len(texts), BATCH):
        await embedder.embed_passages(texts[start : start + BATCH])
