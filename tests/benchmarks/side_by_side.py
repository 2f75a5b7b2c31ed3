"""The same corpus, questions and embedding model, searched by plain LangChain, by BM25 alone and by us.

*LangChain* is what its guides show: pieces of 1,000 characters, 200 of them said twice, in
`langchain-qdrant`'s `QdrantVectorStore`, hybrid, with its defaults: an in-memory Qdrant, both lists fused with equal
weights. Its usual sparse model, `Qdrant/bm25`, is downloaded; here the same BM25 comes from Qdrant's own engine, with
the same defaults, which are made for English. *LangChain in French* is the same store with what its guides leave to
the reader: our French words, weighed by how rare they are. *BM25* is `bm25s` over whole documents with French stop
words and stems. *Ours* is the product's own search.

Each set of questions is asked of the documents that it is about. Milliseconds include embedding the question.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import bm25s
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_qdrant import QdrantVectorStore, RetrievalMode, SparseEmbeddings
from langchain_qdrant import SparseVector as LangChainSparseVector
from langchain_text_splitters import RecursiveCharacterTextSplitter
from qdrant_client.models import Modifier
from qdrant_edge import Bm25
from snowballstemmer import stemmer

from retrieval import CachedEmbedder, Embedder, SparseEncoder
from retrieval.evaluation_run import EvaluatedQuestion, Retrieved
from retrieval.figures import figures, latencies
from tests.benchmarks import retrieval
from tests.benchmarks.corpus import Record, open_corpus, questions, records

KINDS = {"fiches": ("fiche",), "law": ("article",), "queries": ("fiche", "article")}
PIECES = 100  # asked for: LangChain gives four by default, too few to compare
SHOWN = (
    *("recall@5", "recall@10", "recall@20", "success@1", "success@5", "success@10", "mrr@10", "ndcg@10"),
    *("latency_ms_p50", "latency_ms_p95"),
)

Ranked = Callable[[str], Awaitable[Sequence[str]]]
"""A question to ids of documents, best first; one may come several times."""


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """By side and set: figures of the ranking, and milliseconds a question."""
    everything = records(evaluation)
    measured: dict[str, Any] = {}
    async with open_corpus(evaluation, home) as services:
        embedder = CachedEmbedder((await services.search.spaces.in_use()).embedder, services.pool)
        for name, kinds in KINDS.items():
            documents = [record for record in everything if record["kind"] in kinds]
            asked = questions(evaluation, name)
            usual = await _langchain(documents, embedder, English())
            measured[f"langchain {name}"] = await _figures(usual, asked)
            french = await _langchain(documents, embedder, French(), modifier=Modifier.IDF)
            measured[f"langchain in French {name}"] = await _figures(french, asked)
            measured[f"bm25 {name}"] = await _figures(_bm25(documents), asked)
    ours = await retrieval.measure(evaluation, home)
    return measured | {f"ours {name}": _shown(ours[name]) for name in KINDS}


class Bridged(Embeddings):
    """Our embedder as LangChain calls it: from a thread, waiting for the answer."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._loop = asyncio.get_running_loop()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._wait(self._embedder.embed_passages(texts)).tolist()  # type: ignore[no-any-return]

    def embed_query(self, text: str) -> list[float]:
        return self._wait(self._embedder.embed_query(text)).tolist()  # type: ignore[no-any-return]

    def _wait(self, vectors: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(vectors, self._loop).result()


class English(SparseEmbeddings):
    """`Qdrant/bm25` as it is by default."""

    def __init__(self) -> None:
        self._bm25 = Bm25()

    def embed_documents(self, texts: list[str]) -> list[LangChainSparseVector]:
        return [_sparse(self._bm25.embed_document(text)) for text in texts]

    def embed_query(self, text: str) -> LangChainSparseVector:
        return _sparse(self._bm25.embed_query(text))


class French(SparseEmbeddings):
    """Our own words."""

    def __init__(self) -> None:
        self._words = SparseEncoder()

    def embed_documents(self, texts: list[str]) -> list[LangChainSparseVector]:
        return [_sparse(self._words.document(text)) for text in texts]

    def embed_query(self, text: str) -> LangChainSparseVector:
        return _sparse(self._words.query(text))


def _sparse(vector: Any) -> LangChainSparseVector:
    return LangChainSparseVector(indices=list(vector.indices), values=list(vector.values))


async def _langchain(documents: Sequence[Record], embedder: Embedder, words: SparseEmbeddings, **sparse: Any) -> Ranked:
    whole = [Document(_text(record), metadata={"id": record["id"]}) for record in documents]
    pieces = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(whole)
    store = await QdrantVectorStore.afrom_documents(
        pieces,
        Bridged(embedder),
        sparse_embedding=words,
        retrieval_mode=RetrievalMode.HYBRID,
        sparse_vector_params=sparse,
        location=":memory:",
    )

    async def ranked(question: str) -> list[str]:
        return [piece.metadata["id"] for piece in await store.asimilarity_search(question, k=PIECES)]

    return ranked


def _bm25(documents: Sequence[Record]) -> Ranked:
    stem = stemmer("french").stemWords
    ids = [record["id"] for record in documents]
    index = bm25s.BM25()
    index.index(_words([_text(record) for record in documents], stem), show_progress=False)

    async def ranked(question: str) -> list[str]:
        found, _ = index.retrieve(_words([question], stem), k=PIECES, show_progress=False)
        return [ids[number] for number in found[0]]

    return ranked


def _words(texts: list[str], stem: Callable[[list[str]], list[str]]) -> Any:
    return bm25s.tokenize(texts, stopwords="fr", stemmer=stem, show_progress=False)


def _text(record: Record) -> str:
    return "\n".join(filter(None, (record.get("path"), record["title"], record["text"])))


async def _figures(ranked: Ranked, asked: Sequence[Record]) -> dict[str, float]:
    answered = [await _answered(ranked, question) for question in asked if question["relevant"]]
    return _shown(figures(answered, PIECES) | latencies(answered))


async def _answered(ranked: Ranked, question: Record) -> EvaluatedQuestion:
    started = time.perf_counter()
    found = await ranked(question["question"])
    return EvaluatedQuestion(
        id=question["id"],
        question=question["question"],
        relevant=frozenset(question["relevant"]),
        found=tuple(Retrieved(document_id, 0.0) for document_id in dict.fromkeys(found)),
        latency_ms=(time.perf_counter() - started) * 1000,
    )


def _shown(all_: Mapping[str, float]) -> dict[str, float]:
    return {name: all_[name] for name in SHOWN}
