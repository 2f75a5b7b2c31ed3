"""An embedding model of one's own choice: any sentence-transformers folder, read from disk, no network."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.errors import EmbeddingFailed, EmbeddingModelMissing
from retrieval.index import Vector
from retrieval.sentence_models import NOT_INSTALLED, installed, opened

# Passages in one call; a question waits for one call at most.
BATCH = 16


@dataclass(frozen=True, slots=True)
class TransformersSettings:
    """`folder` of the model, whose name is the model's name: a changed model is a new folder.

    The prefixes are what the model's card asks to write before a question and before a passage.
    """

    folder: Path
    query_prefix: str = ""
    passage_prefix: str = ""
    device: str = "cpu"

    @property
    def name(self) -> str:
        """The folder's name and the passages' prefix, which changes every vector."""
        return self.folder.name + (f" «{self.passage_prefix}»" if self.passage_prefix else "")

    def require(self) -> None:
        """Raises `EmbeddingModelMissing` where it shows without opening the model that it cannot be opened."""
        if not (self.folder / "modules.json").is_file():
            raise EmbeddingModelMissing(self.folder)
        if not installed():
            raise EmbeddingModelMissing(NOT_INSTALLED)


@asynccontextmanager
async def open_transformers(settings: TransformersSettings) -> AsyncIterator["TransformersEmbedder"]:
    """The model, loaded. Raises `EmbeddingModelMissing`."""
    # One caller: the tokenizer cannot be lent to two threads at once.
    with ThreadPoolExecutor(1, "transformers") as executor:
        model, dimension = await asyncio.get_running_loop().run_in_executor(executor, _load, settings)
        yield TransformersEmbedder(model, dimension, settings, executor)


class TransformersEmbedder:
    """`Embedder` over a `SentenceTransformer`. What exceeds the model's window is cut off."""

    def __init__(
        self, model: Any, dimension: int, settings: TransformersSettings, executor: ThreadPoolExecutor
    ) -> None:
        self._model = model
        self._dimension = dimension
        self._settings = settings
        self._executor = executor

    @property
    def name(self) -> str:
        return self._settings.name

    @property
    def dimension(self) -> int:
        return self._dimension

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Shape (len(texts), dimension). Raises `EmbeddingFailed`."""
        prefixed = [self._settings.passage_prefix + text for text in texts]
        batches = [prefixed[start : start + BATCH] for start in range(0, len(prefixed), BATCH)]
        vectors = [await self._run(batch) for batch in batches]
        return np.concatenate([np.empty((0, self.dimension), np.float32), *vectors])

    async def embed_query(self, text: str) -> Vector:
        """Shape (dimension,). Raises `EmbeddingFailed`."""
        vectors = await self._run([self._settings.query_prefix + text])
        vector: Vector = vectors[0]
        return vector

    async def _run(self, texts: list[str]) -> Vector:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, _encode, self._model, texts)
        except Exception as error:  # PyTorch and the tokenizers raise RuntimeError, TypeError and more
            raise EmbeddingFailed(
                f"Le modèle de plongement {self.name} a échoué\u202f: {error}. "
                "Vérifiez la mémoire libre, puis relancez."
            ) from error


def _encode(model: Any, texts: list[str]) -> Vector:
    vectors = model.encode(
        texts, batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
    )
    return np.asarray(vectors, dtype=np.float32)


def _load(settings: TransformersSettings) -> tuple[Any, int]:
    """The model and the length of its vectors."""
    settings.require()
    try:
        model = opened("SentenceTransformer", settings.folder, settings.device)
        return model, _encode(model, [settings.folder.name]).shape[1]
    except Exception as error:  # the library raises OSError, ValueError, RuntimeError and more
        raise EmbeddingModelMissing(f"{settings.folder} ({error})") from error
