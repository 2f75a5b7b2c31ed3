"""Search among a million chunks in the embedded engine: the corpus perturbed, in 200 collections.

`BENCH_CHUNKS` names another number. Milliseconds are those of `Search.search` in one process: rights decided over all
collections, question understood and embedded, searched, searched again with the words of what was found, ranked,
recorded. Recall is that of the index, against every vector compared. Both for people who may read collections that hold
all, a half, a twentieth and a two-hundredth of the chunks, among the texts in force today. Memory is that of another
process that has answered questions from the index: its own, and of files, which the system may take back.
"""

import asyncio
import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

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
from tests.benchmarks.perturbed import perturbed, shares_of
from ui.home import own
from ui.identity import local_principal
from ui.services import FUSION, Services, open_services
from ui.settings import Settings

CHUNKS = int(os.environ.get("BENCH_CHUNKS", "1000000"))
COLLECTIONS = 200
SHARES = (1.0, 0.5, 0.05, 0.005)
BATCH = 6400
WARM_UP, ASKED = 20, 200
LIMIT = 10
DEPTHS = (10, 100)  # the last one is as many as a search lists by meaning
DENSE_ALONE, NO_WORDS = Fusion(k=2, dense_weight=1.0, candidates=max(DEPTHS)), SparseVector((), ())


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, in its order: vectors, collections, whether texts are in force; and where a chunk is."""

    vectors: Vector
    collections: NDArray[np.int32]
    in_force: NDArray[np.bool_]
    places: dict[tuple[str, int], int]
    """Of the first copy's chunks, by document and ordinal; further copies follow it, alike."""

    def number(self, document_id: str, ordinal: int) -> int:
        copy, _, document = document_id.partition("/")
        return int(copy) * len(self.places) + self.places[document, ordinal]


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds, MiB; then by share of the chunks: recall and milliseconds."""
    asked = [one["question"] for name in ("fiches", "law", "queries") for one in questions(evaluation, name)]
    asked = random.Random(1).sample(asked, WARM_UP + ASKED)  # noqa: S311
    async with open_corpus(evaluation, home) as services:
        real = await _points(services)
    place = home / "scale"
    shutil.rmtree(place, ignore_errors=True)
    with own(place):
        async with open_services(Settings(home=place, worker="off")) as services:
            space = await services.search.spaces.in_use()
            vectors = [await space.embedder.embed_query(question) for question in asked]
            collections = await _collections(services)
            written, figures = await _load(space.index, real, [one.id for one in collections])
            for share in SHARES:
                recall = await _recall(space.index, vectors, written, share, collections)
                figures[f"share {share:g}"] = recall | await _latencies(services, asked, share)
    folder = next(place.rglob("index.json")).parent
    settings = EdgeSettings(folder, Encoding(space.embedder.name, space.embedder.dimension))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as other:
        figures |= other.submit(_memory, settings, asked, vectors, [one.id for one in collections]).result()
    figures["index_disk_mib"] = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) >> 20
    shutil.rmtree(place)
    return figures


async def _points(services: Services) -> list[Point]:
    documents = dict.fromkeys([(one.collection_id, one.document_id) async for one in services.index.stored()])
    found = [await services.index.points(*document) for document in documents]
    return [point for points in found for point in points]


async def _collections(services: Services) -> list[Collection]:
    """As many, each to be read by the readers of each share that it is part of."""
    holding = {share: set(_holding(share)) for share in SHARES}
    for number in range(COLLECTIONS):
        readers = frozenset(f"{share:g}" for share in SHARES if number in holding[share])
        await services.collections.create(local_principal(), f"Collection {number:03}", "", owner="", readers=readers)
    return [collection for collection, _ in await services.collections.readable(_reader(1.0))]


def _reader(share: float) -> Principal:
    return Principal(f"{share:g}", f"{share:g}", frozenset([f"{share:g}"]), frozenset([Role.AGENT]))


async def _load(index: Index, real: Sequence[Point], ids: Sequence[UUID]) -> tuple[Written, dict[str, Any]]:
    places = {(point.document_id, point.chunk.ordinal): number for number, point in enumerate(real)}
    vectors = np.empty((CHUNKS, real[0].dense.size), np.float32)
    written = Written(vectors, np.empty(CHUNKS, np.int32), np.empty(CHUNKS, np.bool_), places)
    numbers, day, load_s, settle_s = {id_: number for number, id_ in enumerate(ids)}, today(), 0.0, 0.0
    points = perturbed(real, ids, CHUNKS)
    for start in range(0, CHUNKS, BATCH):
        batch = [next(points) for _ in range(min(BATCH, CHUNKS - start))]
        for number, point in enumerate(batch, start):
            written.vectors[number] = point.dense
            written.collections[number] = numbers[point.collection_id]
            written.in_force[number] = point.metadata.in_force(day)
        load_s += await _seconds(index.upsert, batch)
        if start + len(batch) in (_half(), CHUNKS):
            settle_s += await _seconds(index.settle)
    return written, {"chunks": CHUNKS, "load_s": load_s, "settle_s": settle_s}


def _half() -> int:
    """Chunks in the first half of the batches: what is imported bit by bit ends in parts of about one size too."""
    return BATCH * (-(-CHUNKS // BATCH) // 2)


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


async def _recall(
    index: Index, asked: Sequence[Vector], written: Written, share: float, collections: Sequence[Collection]
) -> dict[str, float]:
    chosen = _holding(share)
    allowed = np.flatnonzero(np.isin(written.collections, chosen) & written.in_force)
    nearest = _nearest(np.stack(asked), written.vectors, allowed)
    within = Within(frozenset(collections[number].id for number in chosen), today())
    shares = dict.fromkeys(DEPTHS, 0.0)
    for vector, expected in zip(asked, nearest, strict=True):
        hits = await index.search(vector, NO_WORDS, within=within, fusion=DENSE_ALONE, limit=max(DEPTHS))
        found = [written.number(hit.document_id, hit.chunk.ordinal) for hit in hits]
        for depth in DEPTHS:
            shares[depth] += len(set(found[:depth]).intersection(expected[:depth])) / len(expected[:depth])
    return {"chunks": len(allowed)} | {f"recall@{depth}": sum_ / len(asked) for depth, sum_ in shares.items()}


def _nearest(asked: Vector, vectors: Vector, allowed: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each question the places of the nearest vectors among the allowed ones, shape (questions, depth)."""
    depth = max(DEPTHS)
    scores, places = np.empty((len(asked), 0), np.float32), np.empty((len(asked), 0), np.int64)
    for start in range(0, len(allowed), BATCH):
        some = allowed[start : start + BATCH]
        scores = np.hstack([scores, asked @ vectors[some].T])
        places = np.hstack([places, np.broadcast_to(some, (len(asked), len(some)))])
        best = np.argsort(-scores, axis=1)[:, :depth]
        scores, places = np.take_along_axis(scores, best, 1), np.take_along_axis(places, best, 1)
    return places


async def _latencies(services: Services, asked: Sequence[str], share: float) -> dict[str, float]:
    person = _reader(share)
    spent = [1000 * await _seconds(services.search.search, person, question, (), LIMIT) for question in asked]
    return {f"search_ms_p{share}": percentile(spent[WARM_UP:], share / 100) for share in (50, 95)}


def _memory(
    settings: EdgeSettings, asked: Sequence[str], vectors: Sequence[Vector], ids: Sequence[UUID]
) -> dict[str, int]:
    """MiB that a process holds beyond what it held before it opened the index and answered."""
    before = _held()
    after = asyncio.run(_answered(settings, asked, vectors, Within(frozenset(ids), today())))
    return {f"memory_{name}_mib": after[name] - before[name] for name in before}


async def _answered(
    settings: EdgeSettings, asked: Sequence[str], vectors: Sequence[Vector], within: Within
) -> dict[str, int]:
    words = SparseEncoder()
    async with open_edge(settings) as index:
        for question, vector in zip(asked, vectors, strict=True):
            await index.search(vector, words.query(question), within=within, fusion=FUSION, limit=LIMIT)
        return _held()


def _held() -> dict[str, int]:
    """MiB of this process, its own and of files."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {name: int(lines[key].split()[0]) >> 10 for name, key in (("own", "RssAnon"), ("files", "RssFile"))}
