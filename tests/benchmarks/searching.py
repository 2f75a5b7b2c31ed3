"""Search inside a process that serves, over the whole corpus, against its two bare steps.

Bare: the question embedded, and the same filtered hybrid query sent straight to the engine.
"""

import time
from pathlib import Path
from typing import Any

from retrieval.metrics import percentile
from retrieval.search import CHUNKS_PER_DOCUMENT
from retrieval.within import Within
from tests.benchmarks.corpus import open_corpus, questions
from ui.identity import local_principal
from ui.services import FUSION, Services

LIMIT = 10
WARM_UP = 20
ASKED = 200


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds; `ratio_p95` and `ratio_p50` are search over bare."""
    async with open_corpus(evaluation, home) as services:
        asked = [q["question"] for name in ("fiches", "law", "queries") for q in questions(evaluation, name)]
        asked = asked[:: max(1, len(asked) // (ASKED + WARM_UP))]
        bare: list[float] = []
        search: list[float] = []
        for question in asked:
            bare.append(await _bare(services, question))
            search.append(await _search(services, question))
        points = await services.index.count(await _everything(services))
    bare, search = bare[WARM_UP:], search[WARM_UP:]
    figures = {
        f"{side}_p{share}": percentile(values, share / 100)
        for side, values in (("search_ms", search), ("bare_ms", bare))
        for share in (50, 95)
    }
    return {
        "points": points,
        "questions": len(search),
        **figures,
        "ratio_p50": figures["search_ms_p50"] / figures["bare_ms_p50"],
        "ratio_p95": figures["search_ms_p95"] / figures["bare_ms_p95"],
    }


async def _everything(services: Services) -> frozenset[Any]:
    return frozenset(collection.id for collection in await services.search.permitted(local_principal()))


async def _bare(services: Services, question: str) -> float:
    collections = await _everything(services)
    started = time.perf_counter()
    space = await services.search.spaces.in_use()
    dense = await space.embedder.embed_query(question)
    sparse = services.search.sparse.query(question)
    within = Within(collections)
    await space.index.search(dense, sparse, within=within, fusion=FUSION, limit=LIMIT * CHUNKS_PER_DOCUMENT)
    return (time.perf_counter() - started) * 1000


async def _search(services: Services, question: str) -> float:
    started = time.perf_counter()
    await services.search.search(local_principal(), question, (), LIMIT)
    return (time.perf_counter() - started) * 1000
