"""Publishing a change of a thousand documents, and taking it back, while readers search without a pause.

Everything is real but the vectors, which are drawn: each document has one of its own in all its versions, so that a
search by it must find the document at every moment, in the old version or the new one.
"""

import asyncio
import hashlib
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from ingestion.publication.parts import Part, made_part
from ingestion.publication.service import Publication
from ingestion.publication.table import Checklist
from policies import PostgresLedger, Principal, Role, load_policy
from retrieval import (
    Catalog,
    Chunk,
    Document,
    DocumentMetadata,
    DocumentState,
    EdgeIndex,
    EdgeSettings,
    Encoding,
    Fusion,
    Locator,
    Point,
    Search,
    SparseEncoder,
    SparseVector,
    VectorSpace,
    Within,
    open_edge,
    point_id,
)
from retrieval.index import Vector
from retrieval.metrics import percentile
from retrieval.rows import Pool
from ui.database import DatabaseSettings, open_database

DOCUMENTS, CHUNKS, DIMENSION = 1_000, 4, 384
BATCH = 100  # documents put at once
PAUSE_S = 0.01  # between two searches
READ = 4 * CHUNKS  # chunks
WORDS = SparseVector((7,), (1.0,))
FUSION = Fusion(k=2, dense_weight=0.65, candidates=200)
SEEN_TO = Checklist("Mesure", "Licence ouverte", personal_data=True, freshness=True, reviewed_by="Mesure")
KEEPER = Principal("mesure", "mesure", frozenset(), frozenset({Role.AGENT, Role.ADMINISTRATEUR}))


class NoModel:
    """`Embedder` that nobody asks."""

    name, dimension = "drawn", DIMENSION

    async def embed_passages(self, texts: Any) -> Vector:
        raise NotImplementedError

    async def embed_query(self, text: str) -> Vector:
        raise NotImplementedError


@dataclass
class Reader:
    """Searches one document after the other until it is told to stop."""

    index: EdgeIndex
    collection: UUID
    searches: list[float] = field(default_factory=list)
    missed: int = 0

    async def read(self) -> None:
        while True:
            for number in range(0, DOCUMENTS, 7):
                started = time.perf_counter()
                within = Within(frozenset({self.collection}))
                hits = await self.index.search(_vector(number), WORDS, within=within, fusion=FUSION, limit=READ)
                self.searches.append(1000 * (time.perf_counter() - started))
                self.missed += _id(number) not in {hit.document_id for hit in hits}
                await asyncio.sleep(PAUSE_S)


async def measure(_evaluation: Path, home: Path) -> dict[str, Any]:
    """Seconds, and milliseconds of a search."""
    place = home / "publishing"
    shutil.rmtree(place, ignore_errors=True)
    async with (
        open_database(DatabaseSettings(folder=place / "postgres")) as pool,
        open_edge(EdgeSettings(place / "index", Encoding(NoModel.name, DIMENSION))) as index,
    ):
        figures = await _figures(pool, index)
    shutil.rmtree(place, ignore_errors=True)
    return {"documents": DOCUMENTS, "chunks": DOCUMENTS * CHUNKS, **figures}


async def _figures(pool: Pool, index: EdgeIndex) -> dict[str, Any]:
    catalog, ledger, policy = Catalog(), PostgresLedger(), load_policy()
    search = Search(pool, policy, catalog, ledger, VectorSpace(NoModel(), index), SparseEncoder(), FUSION)
    publication = Publication(pool, policy, catalog, ledger, index, search)
    async with pool.connection() as connection:
        collection = await catalog.create_collection(connection, "Mesure", owner="")
    await publication.set_reviewed(KEEPER, collection.id, True)
    async with pool.connection() as connection:
        draft = await made_part(connection, collection.id, Part.DRAFT)
    await _fill(pool, index, collection.id, "Avant")
    await _fill(pool, index, draft, "Après")

    await publication.checking.submit(KEEPER, collection.id)
    change = (await publication.overview(KEEPER, collection.id)).change
    await publication.checking.sign(KEEPER, collection.id, SEEN_TO, change)
    async for _ in publication.checking.measure(KEEPER, collection.id):
        pass
    alone = await _searched(index, collection.id, asyncio.sleep(2))
    row = await publication.publish(KEEPER, collection.id, frozenset(), change)
    published = await _searched(index, collection.id, _carried_out(publication, row.id))
    back = await publication.roll_back(KEEPER, collection.id)
    rolled_back = await _searched(index, collection.id, _carried_out(publication, back.id))
    return {
        "alone": _said(*alone),
        "published": _said(*published),
        "rolled_back": _said(*rolled_back),
        "missed": published[1].missed + rolled_back[1].missed,
    }


async def _carried_out(publication: Publication, publication_id: UUID) -> None:
    async for _ in publication.carry_out(publication_id):
        pass


async def _searched(index: EdgeIndex, collection: UUID, work: Any) -> tuple[float, Reader]:
    """How long the work took, and what a reader found meanwhile."""
    reader = Reader(index, collection)
    reading = asyncio.create_task(reader.read())
    started = time.perf_counter()
    await work
    took = time.perf_counter() - started
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    return took, reader


def _said(seconds: float, reader: Reader) -> dict[str, float]:
    return {
        "seconds": seconds,
        "searches": len(reader.searches),
        "search_ms_p50": percentile(reader.searches, 0.5),
        "search_ms_p95": percentile(reader.searches, 0.95),
        "search_ms_p99": percentile(reader.searches, 0.99),
    }


async def _fill(pool: Pool, index: EdgeIndex, collection: UUID, word: str) -> None:
    catalog = Catalog()
    for start in range(0, DOCUMENTS, BATCH):
        numbers = range(start, start + BATCH)
        entries = [_entry(collection, number, word) for number in numbers]
        async with pool.connection() as connection:
            versions = await catalog.put_documents(connection, entries)
            await catalog.mark_indexed(connection, collection, versions)
        await index.upsert([point for number in numbers for point in _points(collection, number, word)])
    await index.settle()


def _entry(collection: UUID, number: int, word: str) -> tuple[Document, str]:
    text = _text(number, word) * CHUNKS
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    metadata = DocumentMetadata(_id(number))
    return Document(_id(number), collection, metadata, 0, sha256, DocumentState.PENDING), text


def _points(collection: UUID, number: int, word: str) -> list[Point]:
    text = _text(number, word)
    return [
        Point(
            id=point_id(collection, _id(number), 1, "drawn", ordinal),
            collection_id=collection,
            document_id=_id(number),
            version=1,
            metadata=DocumentMetadata(_id(number)),
            chunk=Chunk(ordinal, text, Locator(None, (), ordinal * len(text), (ordinal + 1) * len(text))),
            dense=_vector(number),
            sparse=SparseVector((number + 10, 5), (1.0, 0.2)),
        )
        for ordinal in range(CHUNKS)
    ]


def _id(number: int) -> str:
    return f"document-{number:04}"


def _text(number: int, word: str) -> str:
    return f"{word} : document {number}. " + "Une phrase de la longueur d’un paragraphe de circulaire. " * 12


def _vector(number: int) -> Vector:
    drawn = np.random.default_rng(number).standard_normal(DIMENSION).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32)
