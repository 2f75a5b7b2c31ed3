"""A small corpus in real stores, and search over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from policies import CedarPolicy, PostgresLedger, load_policy
from retrieval import (
    Catalog,
    E5Settings,
    EdgeSettings,
    Encoding,
    Fusion,
    Search,
    SparseEncoder,
    open_e5,
    open_edge,
)
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool


@pytest.fixture(scope="session")
def policy() -> CedarPolicy:
    return load_policy()


@pytest.fixture
async def corpus(pool: Pool, tmp_path: Path) -> AsyncIterator[Corpus]:
    async with open_e5(E5Settings()) as e5:
        encoding = Encoding(e5.name, e5.dimension)
        async with open_edge(EdgeSettings(tmp_path / "index", encoding)) as index:
            yield Corpus(pool, Catalog(), e5, SparseEncoder(), index)


@pytest.fixture
def search(corpus: Corpus, policy: CedarPolicy) -> Search:
    return Search(
        pool=corpus.pool,
        policy=policy,
        catalog=corpus.catalog,
        ledger=PostgresLedger(),
        embedder=corpus.embedder,
        sparse=corpus.sparse,
        index=corpus.index,
        fusion=Fusion(k=20, dense_weight=0.5, candidates=50),
    )
