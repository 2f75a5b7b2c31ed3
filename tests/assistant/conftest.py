"""The demonstration model, passages to ask about, and search over a small corpus in real stores."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from assistant.engine import Engine
from assistant.llama import LlamaSettings, open_llama
from policies import PostgresLedger, load_policy
from retrieval import Catalog, E5Settings, EdgeSettings, Encoding, Fusion, Search, SparseEncoder, open_e5, open_edge
from retrieval.corpus import Chunk, DocumentMetadata, Locator, Passage
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool


@pytest.fixture
async def llama(gemma: Path) -> AsyncIterator[Engine]:
    """The demonstration model with a small context."""
    async with open_llama(LlamaSettings(gemma, context=1024)) as engine:
        yield engine


@pytest.fixture
async def corpus(pool: Pool, tmp_path: Path) -> AsyncIterator[Corpus]:
    """Empty stores."""
    async with (
        open_e5(E5Settings()) as e5,
        open_edge(EdgeSettings(tmp_path / "index", Encoding(e5.name, e5.dimension))) as index,
    ):
        yield Corpus(pool, Catalog(), e5, SparseEncoder(), index)


@pytest.fixture
def search(corpus: Corpus) -> Search:
    """Search over them."""
    return Search(
        pool=corpus.pool,
        policy=load_policy(),
        catalog=corpus.catalog,
        ledger=PostgresLedger(),
        embedder=corpus.embedder,
        sparse=corpus.sparse,
        index=corpus.index,
        fusion=Fusion(k=20, dense_weight=0.5, candidates=50),
    )


@pytest.fixture(scope="session")
def leave() -> Passage:
    return passage(
        "Congé sans solde",
        "Le salarié peut demander un congé sans solde à son employeur. L’employeur n’a pas l’obligation de l’accorder. "
        "La demande est faite par écrit deux mois avant le départ. Le congé est régi par l’article L. 3142-28.",
    )


@pytest.fixture(scope="session")
def card() -> Passage:
    return passage(
        "Carte de stationnement", "La carte est délivrée par la mairie. Elle est valable 5 ans et coûte 12,50 €."
    )


def passage(title: str, text: str) -> Passage:
    return Passage(
        collection_id=UUID(int=1),
        collection="Aide",
        document_id=title,
        version=1,
        metadata=DocumentMetadata(title),
        chunk=Chunk(0, text, Locator(None, (), 0, len(text))),
        score=0.5,
    )
