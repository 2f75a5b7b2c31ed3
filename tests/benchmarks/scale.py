"""Search among many chunks in the embedded engine: real ones and their perturbed copies, in 400 collections.

`make bench-scale` runs 1,000, 10,000, 100,000 and 1,000,000 and fits a law of growth to them; `BENCH_SAMPLE` is how
many records of the corpus are embedded (and kept) to be copied.

Milliseconds are those of one question compared with every vector that may be read (the yardstick of the machine, in
turns with the rest), of one hybrid, filtered query of the index, and those of `Search.search` in one process: rights
decided over all collections, question understood and embedded, searched, searched again with the words of what was
found, ranked, recorded. Recall is that of the index, against every vector compared. All for people who may read
collections that hold all, a half, a tenth, a hundredth and a thousandth of the chunks, among the texts in force today.
Memory is that of another process that has answered questions from the index, and of the child that built it.
"""

import asyncio
import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from policies.principal import Principal, Role
from retrieval import (
    Collection,
    EdgeSettings,
    Encoding,
    Fusion,
    Index,
    Point,
    SparseEncoder,
    SparseVector,
    Vector,
    Within,
    open_edge,
)
from retrieval.metrics import percentile
from retrieval.search import today
from tests.benchmarks.corpus import open_corpus, questions
from tests.benchmarks.exact import BATCH, Written
from tests.benchmarks.footprint import held, peak_while
from tests.benchmarks.perturbed import perturbed, shares_of
from ui.home import own
from ui.identity import local_principal
from ui.opening import open_services
from ui.services import FUSION, Services
from ui.settings import Settings

SAMPLE = int(os.environ.get("BENCH_SAMPLE", "3000"))
COLLECTIONS = 400
SHARES = (1.0, 0.5, 0.1, 0.01, 0.001)
WARM_UP, ASKED = 20, 200
LIMIT = 10
DEPTHS = (10, 100)  # the last one is as many as a search lists by meaning
DENSE_ALONE, NO_WORDS = Fusion(k=2, dense_weight=1.0, candidates=max(DEPTHS)), SparseVector((), ())
BUILDER = "EdgeShard"  # in the command of the process that builds search structures

Asked = Sequence[tuple[str, Vector]]


async def measure(chunks: int, evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds, MiB; then by share of the chunks: recall and milliseconds."""
    drawn = [one["question"] for name in ("fiches", "law", "queries") for one in questions(evaluation, name)]
    drawn = random.Random(1).sample(drawn, WARM_UP + ASKED)  # noqa: S311
    async with open_corpus(evaluation, home / f"sample-{SAMPLE}", SAMPLE) as services:
        real = await _points(services)
    place = home / "scale"
    shutil.rmtree(place, ignore_errors=True)
    with own(place):
        async with open_services(Settings(home=place, worker="off")) as services:
            space = await services.search.spaces.in_use()
            asked = [(question, await space.embedder.embed_query(question)) for question in drawn]
            collections = await _collections(services)
            written, figures = await _load(space.index, real, [one.id for one in collections], chunks)
            for share in SHARES:
                if figures_of := await _share(services, space.index, asked, written, share, collections):
                    figures[f"share {share:g}"] = figures_of
    folder = next(place.rglob("index.json")).parent
    settings = EdgeSettings(folder, Encoding(space.embedder.name, space.embedder.dimension))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        figures |= other.submit(_memory, settings, asked, [one.id for one in collections]).result()
    figures["index_disk_mib"] = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) >> 20
    shutil.rmtree(place)
    return {"real_chunks": len(real)} | figures


async def _points(services: Services) -> list[Point]:
    documents = dict.fromkeys([(one.collection_id, one.document_id) async for one in services.index.stored()])
    found = [await services.index.points(*document) for document in documents]
    return [point for points in found for point in points]


async def _collections(services: Services) -> list[Collection]:
    """As many, each to be read by the readers of each share that it is part of."""
    holding = {share: set(_holding(share)) for share in SHARES}
    for number in range(COLLECTIONS):
        readers = frozenset(_group(share) for share in SHARES if number in holding[share])
        await services.collections.create(local_principal(), f"Collection {number:03}", "", owner="", readers=readers)
    return [collection for collection, _ in await services.collections.readable(_reader(1.0))]


def _reader(share: float) -> Principal:
    return Principal(f"{share:g}", f"{share:g}", frozenset([_group(share)]), frozenset([Role.AGENT]))


def _group(share: float) -> str:
    return f"/{share:g}"


async def _load(
    index: Index, real: Sequence[Point], ids: Sequence[UUID], chunks: int
) -> tuple[Written, dict[str, Any]]:
    places = {(point.document_id, point.chunk.ordinal): number for number, point in enumerate(real)}
    vectors = np.empty((chunks, real[0].dense.size), np.float32)
    written = Written(vectors, np.empty(chunks, np.int32), np.empty(chunks, np.bool_), places)
    numbers, day, load_s, settle_s, peak = {id_: number for number, id_ in enumerate(ids)}, today(), 0.0, 0.0, 0
    points = perturbed(real, ids, chunks)
    for start in range(0, chunks, BATCH):
        batch = [next(points) for _ in range(min(BATCH, chunks - start))]
        for number, point in enumerate(batch, start):
            written.vectors[number] = point.dense
            written.collections[number] = numbers[point.collection_id]
            written.in_force[number] = point.metadata.in_force(day)
        load_s += await _seconds(index.upsert, batch)
        if start + len(batch) in (_half(chunks), chunks):
            started = time.perf_counter()
            peak = max(peak, await peak_while(index.settle(), BUILDER))
            settle_s += time.perf_counter() - started
    spent = {"load_s": load_s, "settle_s": settle_s, "build_s": load_s + settle_s, "build_peak_mib": peak}
    return written, {"chunks": chunks} | spent


def _half(chunks: int) -> int:
    """Chunks in the first half of the batches: what is imported bit by bit ends in parts of about one size too."""
    return BATCH * (-(-chunks // BATCH) // 2)


async def _seconds(act: Callable[..., Awaitable[object]], *arguments: object) -> float:
    started = time.perf_counter()
    await act(*arguments)
    return time.perf_counter() - started


def _holding(share: float) -> list[int]:
    """Collections, drawn in the same order each time, that are to hold no more than this share of the chunks."""
    sizes, chosen = shares_of(COLLECTIONS), list[int]()
    for number in random.Random(COLLECTIONS).sample(range(COLLECTIONS), COLLECTIONS):  # noqa: S311
        if share == 1 or sizes[[*chosen, number]].sum() <= share:
            chosen.append(number)
    return chosen


async def _share(
    services: Services,
    index: Index,
    asked: Asked,
    written: Written,
    share: float,
    collections: Sequence[Collection],
) -> dict[str, float]:
    """Nothing where the share is smaller than a chunk."""
    chosen = _holding(share)
    allowed = written.allowed(chosen)
    if not len(allowed):
        return {}
    within = Within(frozenset(collections[number].id for number in chosen), today())
    nearest = written.nearest(np.stack([vector for _, vector in asked]), allowed, max(DEPTHS))
    recall = dict.fromkeys(DEPTHS, 0.0)
    for (_, vector), expected in zip(asked, nearest, strict=True):
        hits = await index.search(vector, NO_WORDS, within=within, fusion=DENSE_ALONE, limit=max(DEPTHS))
        found = [written.number(hit.document_id, hit.chunk.ordinal) for hit in hits]
        for depth in DEPTHS:
            recall[depth] += len(set(found[:depth]).intersection(expected[:depth])) / len(expected[:depth])
    return (
        {"chunks": len(allowed)}
        | {f"recall@{depth}": total / len(asked) for depth, total in recall.items()}
        | await _latencies(services, index, asked, share, within, written.compared(allowed, LIMIT))
    )


async def _latencies(
    services: Services,
    index: Index,
    asked: Asked,
    share: float,
    within: Within,
    compared: Callable[[Vector], object],
) -> dict[str, float]:
    words, person = SparseEncoder(), _reader(share)
    exact, queried, searched = list[float](), list[float](), list[float]()
    for question, vector in asked:
        exact.append(1000 * await _seconds(asyncio.to_thread, compared, vector))
        query = partial(index.search, vector, words.query(question), within=within, fusion=FUSION, limit=LIMIT)
        queried.append(1000 * await _seconds(query))
        searched.append(1000 * await _seconds(services.search.search, person, question, (), LIMIT))
    return {
        f"{name}_ms_p{rank}": percentile(spent[WARM_UP:], rank / 100)
        for name, spent in (("exact", exact), ("index", queried), ("search", searched))
        for rank in (50, 95)
    }


def _memory(settings: EdgeSettings, asked: Asked, ids: Sequence[UUID]) -> dict[str, int]:
    """MiB that a process holds beyond what it held before it opened the index and answered."""
    before = held()
    after = asyncio.run(_answered(settings, asked, Within(frozenset(ids), today())))
    return {f"memory_{name}_mib": after[name] - before[name] for name in before}


async def _answered(settings: EdgeSettings, asked: Asked, within: Within) -> dict[str, int]:
    words = SparseEncoder()
    async with open_edge(settings) as index:
        for question, vector in asked:
            await index.search(vector, words.query(question), within=within, fusion=FUSION, limit=LIMIT)
        return held()
