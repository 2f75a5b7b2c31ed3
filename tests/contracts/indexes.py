"""The vector indexes that can run here, and points to write to them."""

import datetime as dt
import os
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest

from retrieval import (
    Chunk,
    DocumentMetadata,
    Encoding,
    Filters,
    Fusion,
    Hit,
    Index,
    Locator,
    Point,
    SparseEncoder,
    TextKind,
    Vector,
    Within,
    point_id,
)
from retrieval.edge import EdgeSettings, open_edge
from retrieval.qdrant import QdrantSettings, open_qdrant
from retrieval.within import EVERYTHING

DIMENSION = 8
ENCODING = Encoding("test", DIMENSION)
FUSION = Fusion(k=20, dense_weight=0.5, candidates=50)
A, B, C = (UUID(int=n) for n in (1, 2, 3))

ENGINES = ["edge", "qdrant in memory", *(["qdrant server"] if "ASSISTANT_QDRANT" in os.environ else [])]

# The client's in-memory mode has no indexes and no graph, and says so.
QUIET_ABOUT_INDEXES = pytest.mark.filterwarnings("ignore:Payload indexes have no effect|Local mode performs exact")

sparse = SparseEncoder()


def opened(engine: str, folder: Path) -> AbstractAsyncContextManager[Index]:
    """An empty index of that engine."""
    match engine:
        case "edge":
            return open_edge(EdgeSettings(folder / "index", ENCODING))
        case "qdrant in memory":
            return open_qdrant(QdrantSettings(":memory:", ENCODING))
        case _:
            key = os.environ.get("ASSISTANT_QDRANT_KEY", "")
            return open_qdrant(QdrantSettings(os.environ["ASSISTANT_QDRANT"], ENCODING, key, f"test-{uuid4()}"))


def direction(n: int) -> Vector:
    """The n-th unit vector."""
    vector: Vector = np.eye(DIMENSION, dtype=np.float32)[n]
    return vector


def point(
    collection_id: UUID, document_id: str, text: str = "congé", *, towards: int = 0, ordinal: int = 0, version: int = 1
) -> Point:
    """A chunk of that text, whose dense vector is the unit vector `towards`."""
    return Point(
        id=point_id(collection_id, document_id, version, "test", ordinal),
        collection_id=collection_id,
        document_id=document_id,
        version=version,
        metadata=DocumentMetadata(
            "Titre",
            "https://exemple.test/1",
            dt.date(2026, 1, 2),
            None,
            dt.date(2027, 1, 1),
            TextKind.CIRCULAIRE,
            "DGOS/RH3/2026/12",
            dt.date(2026, 1, 1),
            ("DGOS/RH3/2020/7", "DGOS/RH3/2021/1"),
            "DGOS/RH3/2027/2",
            "Direction générale de l’offre de soins",
            frozenset({"kind", "number"}),
        ),
        chunk=Chunk(ordinal, text, Locator(3, ("Partie", "Chapitre"), 10, 10 + len(text)), "Grade | Indice"),
        dense=direction(towards),
        sparse=sparse.document(text),
    )


async def find(
    index: Index,
    question: str = "congé",
    *collections: UUID,
    towards: int = 0,
    limit: int = 10,
    on: dt.date | None = None,
    filters: Filters = EVERYTHING,
) -> list[Hit]:
    """What the index finds for these words and the unit vector `towards`."""
    within = Within(frozenset(collections), on, filters)
    return await index.search(direction(towards), sparse.query(question), within=within, fusion=FUSION, limit=limit)


def ids(hits: Sequence[Hit]) -> list[str]:
    """Their documents, in their order."""
    return [hit.document_id for hit in hits]
