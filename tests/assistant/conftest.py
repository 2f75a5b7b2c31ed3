"""The demonstration model, passages to ask about, and search over a small corpus in real stores."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest

from assistant.engines.engine import Engine
from assistant.engines.gguf import LlamaSettings
from assistant.engines.llama import open_llama
from assistant.engines.model_files import ModelFiles
from retrieval.corpus import Chunk, DocumentMetadata, Locator, Passage
from tests.assistant.asking import LEAVE
from tests.retrieval.small_corpus import Corpus


@pytest.fixture(scope="session")
def files() -> ModelFiles:
    """The product's own list, which reads the demonstration model once a run."""
    return ModelFiles()


@pytest.fixture
async def llama(gemma: Path, files: ModelFiles) -> AsyncIterator[Engine]:
    """The demonstration model with a small context; one thread, since two would spin beside other tests."""
    async with open_llama(LlamaSettings(gemma, context=1024, threads=1), files) as engine:
        yield engine


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


@pytest.fixture
async def collection(corpus: Corpus) -> str:
    await corpus.collection("Santé", LEAVE)
    return "Santé"


def passage(title: str, text: str, headings: Sequence[str] = ()) -> Passage:
    return Passage(
        collection_id=UUID(int=1),
        collection="Aide",
        document_id=title,
        version=1,
        metadata=DocumentMetadata(title),
        chunk=Chunk(0, text, Locator(None, tuple(headings), 0, len(text))),
        score=0.5,
    )
