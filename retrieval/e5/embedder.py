"""The embedded embedding model, opened and asked; nothing of that runs on the event loop."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retrieval.e5.packed import path_of_model, read_packed
from retrieval.e5.tokenizer import Tokenizer
from retrieval.e5.windows import Window, averaged, batches_of, windows_of
from retrieval.errors import EmbeddingFailed, EmbeddingModelMissing
from retrieval.index import Vector

if TYPE_CHECKING:
    from retrieval.e5.network import Network

NAME = "multilingual-e5-small-q4"

QUERY = "query: "
PASSAGE = "passage: "

# More batches at once than one call of a worker has would only take memory.
STREAMS = 8

# Two threads read a question in six tenths of the time that one takes, and in as much where others take the cores.
QUERY_THREADS = 2


@dataclass(frozen=True, slots=True)
class E5Settings:
    """`threads` at work on passages; 0 takes every core."""

    threads: int = 0


@asynccontextmanager
async def open_e5(settings: E5Settings) -> AsyncIterator["E5Embedder"]:
    """The model, loaded. Raises `EmbeddingModelMissing`."""
    threads = settings.threads or len(os.sched_getaffinity(0))
    streams = min(threads, STREAMS)
    # Two networks and their threads, so that a question never queues behind an import.
    with ThreadPoolExecutor(1, "e5-queries") as queries, ThreadPoolExecutor(streams, "e5-passages") as passages:
        loop = asyncio.get_running_loop()
        tokenizer, for_queries, for_passages = await loop.run_in_executor(passages, _load, streams, threads)
        yield E5Embedder(_Line(tokenizer, for_queries, queries), _Line(tokenizer, for_passages, passages))


class E5Embedder:
    """`Embedder` over the model. A text beyond 512 pieces is read in windows, and averaged."""

    def __init__(self, queries: "_Line", passages: "_Line") -> None:
        self._queries = queries
        self._passages = passages

    @property
    def name(self) -> str:
        return NAME

    @property
    def dimension(self) -> int:
        return self._passages.network.sizes.hidden

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        """Shape (len(texts), dimension). Raises `EmbeddingFailed`."""
        return await self._passages.vectors([PASSAGE + text for text in texts])

    async def embed_query(self, text: str) -> Vector:
        """Shape (dimension,). Raises `EmbeddingFailed`."""
        vectors = await self._queries.vectors([QUERY + text])
        vector: Vector = vectors[0]
        return vector


@dataclass(frozen=True, slots=True)
class _Line:
    """One network, and the threads that call it."""

    tokenizer: Tokenizer
    network: "Network"
    executor: ThreadPoolExecutor

    async def vectors(self, texts: Sequence[str]) -> Vector:
        """Shape (len(texts), dimension). Raises `EmbeddingFailed`."""
        if not texts:
            return np.empty((0, self.network.sizes.hidden), np.float32)
        run = asyncio.get_running_loop().run_in_executor
        try:
            batches = await run(self.executor, self._batches, texts)
            pieces = [[window.pieces for window in batch] for batch in batches]
            means = await asyncio.gather(*(run(self.executor, self.network.means, batch) for batch in pieces))
        except (UnicodeEncodeError, MemoryError, RuntimeError) as error:
            raise EmbeddingFailed(f"Le modèle de plongement ne peut pas lire ce texte\u202f: {error}.") from error
        vectors = averaged([window for batch in batches for window in batch], np.concatenate(means), len(texts))
        if not np.isfinite(vectors).all():
            raise EmbeddingFailed(
                "Le modèle de plongement a rendu un vecteur inutilisable. Relancez l’opération\u202f; "
                "si l’erreur revient, la mémoire manque ou le modèle est abîmé."
            )
        return vectors

    def _batches(self, texts: Sequence[str]) -> list[list[Window]]:
        return list(batches_of(windows_of(texts, self.tokenizer, self.network.sizes.positions)))


def _load(streams: int, threads: int) -> "tuple[Tokenizer, Network, Network]":
    """What cuts texts into pieces, and a network each for queries and passages."""
    packed = read_packed(path_of_model())
    try:
        from retrieval.e5.network import Network  # OpenVINO, which takes a moment to import

        of_queries = Network(packed, streams=1, threads=min(threads, QUERY_THREADS))
        networks = of_queries, Network(packed, streams, threads)
    except (ImportError, RuntimeError) as error:
        raise EmbeddingModelMissing(f"OpenVINO ({error})") from error
    return Tokenizer(packed.vocabulary), *networks
