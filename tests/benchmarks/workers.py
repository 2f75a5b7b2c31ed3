"""Two worker processes beside one: the product's own queue, reading, chunking and catalogue; no embedding, no index.

Each worker has a core of its own, with the children that read its files. All documents wait in the queue before
the clock runs; it stops when the catalogue has nothing pending any more. `ratio` is one worker's time over that
of two, 1.8 at least; it wants a machine on which nothing else is at work.
"""

import asyncio
import contextlib
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ingestion import Stages
from tests.benchmarks import pages
from tests.benchmarks.corpus import records
from tests.benchmarks.costless import Counting, Hashed
from tests.benchmarks.stack import Stack, open_stack
from ui.identity import local_principal

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "512"))  # eight jobs
TURNS = 2
SEED = 2026
LOOK_S = 0.05

PENDING = "select count(*) from document where state = 'pending'"


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Documents a second, the best of the turns."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(evaluation, folder / "files")
        best = {1: float("inf"), 2: float("inf")}
        async with open_stack(folder, Hashed(), Counting()) as stack:
            for turn in range(TURNS):
                for workers in best:
                    best[workers] = min(best[workers], await _time(stack, folder, workers, f"{turn} {workers}"))
    return {
        "documents": DOCUMENTS,
        **{f"documents/s with {workers}": DOCUMENTS / seconds for workers, seconds in best.items()},
        "ratio": best[1] / best[2],
    }


def _write(evaluation: Path, folder: Path) -> None:
    folder.mkdir()
    fiches = [record for record in records(evaluation) if record["kind"] == "fiche"]
    for fiche in random.Random(SEED).sample(fiches, DOCUMENTS):  # noqa: S311
        (folder / f"{fiche['id']}.pdf").write_bytes(pages.text(fiche["title"], fiche["text"].split("\n")))


async def _time(stack: Stack, folder: Path, workers: int, collection: str) -> float:
    await stack.collections.create(local_principal(), collection, "", owner="", readers=frozenset())
    async for _ in stack.ingestion.ingest(local_principal(), collection, [folder / "files"], detach=True):
        pass
    async with contextlib.AsyncExitStack() as running:
        begun = [await running.enter_async_context(_worker(stack, folder, core)) for core in range(workers)]
        started = time.perf_counter()
        for process in begun:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
        while await _pending(stack):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
        return time.perf_counter() - started


async def _pending(stack: Stack) -> int:
    async with stack.parts.pool.connection() as connection:
        row = await (await connection.execute(PENDING)).fetchone()
    return int(row[0]) if row else 0


@contextlib.asynccontextmanager
async def _worker(stack: Stack, folder: Path, core: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that is ready to work once it is told so."""
    url = stack.parts.pool.conninfo
    assert isinstance(url, str)
    command = [sys.executable, "-m", "tests.benchmarks.workers", url, str(folder), str(core)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    await process.stdout.readline()
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _work(postgres: str, home: Path, core: int) -> None:
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core]})
    async with open_stack(home, Hashed(), Counting(), postgres=postgres) as stack:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        stages = Stages(stack.parts)
        await stack.queue.work(stages.do, concurrency=1)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
