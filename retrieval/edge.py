"""The embedded index: Qdrant's own engine in this process, one shard in one folder.

The shard takes queries and updates from any thread; it locks its folder, so that one process owns it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
import qdrant_edge as engine

from retrieval import payload
from retrieval.encoding import Encoding
from retrieval.errors import IndexUnavailable, RetrievalError
from retrieval.index import Fusion, Hit, Point, SparseVector, Vector

DENSE, SPARSE = "dense", "sparse"  # the vectors' names
SHARD, DESCRIPTION = "shard", "encoding.json"  # in the folder

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`folder` is made where it does not exist; `encoding` is what the vectors are made by."""

    folder: Path
    encoding: Encoding


@asynccontextmanager
async def open_edge(settings: EdgeSettings) -> AsyncIterator["EdgeIndex"]:
    """The shard, loaded or new. Raises `IndexUnavailable`, `IndexMismatch`."""
    shard, created = await asyncio.to_thread(_open, settings)
    try:
        yield EdgeIndex(shard, created=created)
    finally:
        await asyncio.to_thread(shard.close)


class EdgeIndex:
    """`Index` over one shard; `created` says that it was new, and thus empty, when it was opened."""

    def __init__(self, shard: engine.EdgeShard, *, created: bool) -> None:
        self._shard = shard
        self.created = created

    async def upsert(self, points: Sequence[Point]) -> None:
        if points:
            await _run(self._upsert, points)

    async def delete(self, collection_id: UUID, document_id: str | None = None, *, before: int | None = None) -> None:
        wanted: list[Any] = [_equals(payload.COLLECTION_ID, str(collection_id))]
        if document_id is not None:
            wanted.append(_equals(payload.DOCUMENT_ID, document_id))
        if before is not None:
            wanted.append(engine.FieldCondition(payload.VERSION, range=engine.RangeFloat(lt=before)))
        operation = engine.UpdateOperation.delete_points_by_filter(engine.Filter(must=wanted))
        await _run(self._shard.update, operation)

    async def search(
        self, dense: Vector, sparse: SparseVector, *, collections: frozenset[UUID], fusion: Fusion, limit: int
    ) -> list[Hit]:
        if not collections:
            return []
        return await _run(self._search, dense, sparse, _within(collections), fusion, limit)

    async def count(self, collections: frozenset[UUID]) -> int:
        if not collections:
            return 0
        return await _run(self._shard.count, engine.CountRequest(filter=_within(collections), exact=True))

    async def settle(self) -> None:
        await _run(self._settle)

    def _upsert(self, points: Sequence[Point]) -> None:
        self._shard.update(engine.UpdateOperation.upsert_points([_point(point) for point in points]))

    def _settle(self) -> None:
        self._shard.flush()
        self._shard.optimize()

    def _search(
        self, dense: Vector, sparse: SparseVector, within: engine.Filter, fusion: Fusion, limit: int
    ) -> list[Hit]:
        candidates = max(fusion.candidates, limit)
        words = engine.SparseVector(list(sparse.indices), list(sparse.values))
        # The filter stands on each list: whatever is fused is permitted. Word statistics too come from the
        # permitted chunks alone, so that scores say nothing of the others.
        statistics = engine.SearchParams(idf=engine.IdfParams(within))
        lists = [
            engine.Prefetch(candidates, query=engine.Query.Nearest(dense.tolist(), DENSE), filter=within),
            engine.Prefetch(candidates, query=engine.Query.Nearest(words, SPARSE), filter=within, params=statistics),
        ]
        rank_fusion: Any = engine.Fusion.Rrf(fusion.k, list(fusion.weights))  # its stub forgets the base class
        request = engine.QueryRequest(
            limit,
            query=rank_fusion,
            prefetches=lists,
            with_payload=True,
            with_vector=[DENSE],
        )
        return [_hit(point, dense) for point in self._shard.query(request)]


async def _run(call: Callable[..., T], *arguments: Any) -> T:
    try:
        return await asyncio.to_thread(call, *arguments)
    except Exception as error:  # the engine raises nothing more precise
        raise IndexUnavailable(
            f"L’index refuse l’opération\u202f: {error}. Vérifiez la place libre sur le disque, puis relancez."
        ) from error


def _open(settings: EdgeSettings) -> tuple[engine.EdgeShard, bool]:
    folder, encoding = settings.folder, settings.encoding
    try:
        if not (folder / DESCRIPTION).exists():
            return _create(folder, encoding), True
        encoding.check(json.loads((folder / DESCRIPTION).read_text()))
        return engine.EdgeShard.load(str(folder / SHARD)), False
    except RetrievalError:
        raise
    except Exception as error:  # the engine raises nothing more precise
        if "WouldBlock" in str(error):
            raise IndexUnavailable(
                f"L’index {folder} est déjà ouvert par un autre processus. Arrêtez l’autre serveur, puis relancez."
            ) from error
        raise IndexUnavailable(
            f"L’index {folder} est illisible : {error}. Rétablissez-le depuis une sauvegarde, "
            "ou effacez ce dossier et versez à nouveau les documents."
        ) from error


def _create(folder: Path, encoding: Encoding) -> engine.EdgeShard:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise IndexUnavailable(
            f"Le dossier {folder} contient autre chose qu’un index. Indiquez un dossier vide dans les réglages."
        )
    # Under another name until it is whole: a start that was cut short leaves nothing to stumble over.
    with TemporaryDirectory(dir=folder.parent) as temporary:
        new = Path(temporary) / folder.name
        new.mkdir()
        shard = engine.EdgeShard.create(str(new / SHARD), _config(encoding))
        for keyword in payload.KEYWORDS:
            shard.update(engine.UpdateOperation.create_field_index(keyword, engine.PayloadSchemaType.Keyword))
        shard.close()
        (new / DESCRIPTION).write_text(json.dumps(encoding.as_json()))
        new.rename(folder)
    return engine.EdgeShard.load(str(folder / SHARD))


def _config(encoding: Encoding) -> engine.EdgeConfig:
    return engine.EdgeConfig(
        vectors={DENSE: engine.EdgeVectorParams(size=encoding.dimension, distance=engine.Distance.Cosine)},
        sparse_vectors={SPARSE: engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf)},
    )


def _point(point: Point) -> engine.Point:
    words = engine.SparseVector(list(point.sparse.indices), list(point.sparse.values))
    return engine.Point(point.id, {DENSE: point.dense.tolist(), SPARSE: words}, payload.encode(point))


def _hit(point: engine.ScoredPoint, question: Vector) -> Hit:
    vectors: Any = point.vector
    similarity = float(np.asarray(vectors[DENSE], dtype=np.float32) @ question)
    return payload.decode(point.payload or {}, score=point.score, similarity=similarity)


def _within(collections: frozenset[UUID]) -> engine.Filter:
    ids = sorted(str(collection) for collection in collections)
    return engine.Filter(must=[engine.FieldCondition(payload.COLLECTION_ID, match=engine.MatchAny(ids))])


def _equals(key: str, value: str) -> engine.FieldCondition:
    return engine.FieldCondition(key, match=engine.MatchValue(value))
