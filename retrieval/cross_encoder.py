"""A reranker of one's own choice: any sentence-transformers cross-encoder, read from a folder, no network."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.errors import RerankerMissing, RerankingFailed
from retrieval.rerank import Scores, checked, in_batches
from retrieval.sentence_models import NOT_INSTALLED, installed, opened, scores_pairs

# Pairs in one call: between two calls whoever has waited too long can leave.
BATCH = 8


@dataclass(frozen=True, slots=True)
class CrossEncoderSettings:
    """`folder` of the model."""

    folder: Path
    device: str = "cpu"

    def require(self) -> None:
        """Raises `RerankerMissing` where it shows without opening the model that it cannot be opened."""
        if not (self.folder / "config.json").is_file():
            raise RerankerMissing(self.folder)
        try:
            scoring = scores_pairs(self.folder)
        except (OSError, ValueError) as error:
            raise RerankerMissing(f"{self.folder} ({error})") from error
        if not scoring:
            raise RerankerMissing(f"{self.folder} (ce n’est pas un modèle qui note deux textes ensemble)")
        if not installed():
            raise RerankerMissing(NOT_INSTALLED)


@asynccontextmanager
async def open_cross_encoder(settings: CrossEncoderSettings) -> AsyncIterator["CrossEncoderReranker"]:
    """The model, loaded. Raises `RerankerMissing`."""
    # One caller: the tokenizer cannot be lent to two threads at once.
    with ThreadPoolExecutor(1, "cross-encoder") as executor:
        model = await asyncio.get_running_loop().run_in_executor(executor, _load, settings)
        yield CrossEncoderReranker(model, settings.folder.name, executor)


class CrossEncoderReranker:
    """`Reranker` over a `CrossEncoder`. What exceeds the model's window is cut off."""

    def __init__(self, model: Any, name: str, executor: ThreadPoolExecutor) -> None:
        self._model = model
        self._name = name
        self._executor = executor

    @property
    def name(self) -> str:
        return self._name

    async def rerank(self, question: str, texts: Sequence[str]) -> Scores:
        """Shape (len(texts),). Raises `RerankingFailed`."""
        return await in_batches(texts, BATCH, partial(self._predict, question))

    async def _predict(self, question: str, texts: list[str]) -> Scores:
        pairs = [(question, text) for text in texts]
        try:
            scores = await asyncio.get_running_loop().run_in_executor(self._executor, _predict, self._model, pairs)
        except Exception as error:  # PyTorch and the tokenizers raise RuntimeError, TypeError and more
            raise RerankingFailed(
                f"Le modèle de reclassement {self.name} a échoué\u202f: {error}. Vérifiez la mémoire libre."
            ) from error
        return checked(scores, texts, self.name)


def _predict(model: Any, pairs: list[tuple[str, str]]) -> Scores:
    scores = model.predict(pairs, batch_size=BATCH, convert_to_numpy=True, show_progress_bar=False)
    return np.asarray(scores, dtype=np.float32)


def _load(settings: CrossEncoderSettings) -> Any:
    settings.require()
    try:
        model = opened("CrossEncoder", settings.folder, settings.device)
        checked(_predict(model, [("essai", "essai")]), ["essai"], settings.folder.name)
        return model
    except Exception as error:  # the library raises OSError, ValueError, RuntimeError and more
        raise RerankerMissing(f"{settings.folder} ({error})") from error
