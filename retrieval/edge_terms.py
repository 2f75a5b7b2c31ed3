"""What the embedded engine is asked and given, as the engine's own types."""

import datetime as dt
from typing import Any
from uuid import UUID

import qdrant_edge as engine

from retrieval import payload
from retrieval.index import Fusion, Point, SparseVector, Vector


def request(
    dense: Vector, sparse: SparseVector, within: engine.Filter, fusion: Fusion, limit: int
) -> engine.QueryRequest:
    """The nearest by meaning and by words, fused by rank."""
    candidates = max(fusion.candidates, limit)
    words = engine.SparseVector(list(sparse.indices), list(sparse.values))
    rank_fusion: Any = engine.Fusion.Rrf(fusion.k, list(fusion.weights))  # its stub forgets the base class
    # The filter stands on each list: whatever is fused is permitted.
    lists = [
        engine.Prefetch(candidates, query=engine.Query.Nearest(dense.tolist(), payload.DENSE), filter=within),
        engine.Prefetch(candidates, query=engine.Query.Nearest(words, payload.SPARSE), filter=within),
    ]
    return engine.QueryRequest(
        limit, query=rank_fusion, prefetches=lists, with_payload=True, with_vector=[payload.DENSE]
    )


def written(point: Point) -> engine.Point:
    """The point as the engine takes it."""
    words = engine.SparseVector(list(point.sparse.indices), list(point.sparse.values))
    return engine.Point(point.id, {payload.DENSE: point.dense.tolist(), payload.SPARSE: words}, payload.encode(point))


def within(collections: frozenset[UUID], on: dt.date | None = None) -> engine.Filter:
    """The points of these collections; those of texts that are in force on the day, where one is given."""
    ids = sorted(str(collection) for collection in collections)
    permitted = engine.FieldCondition(payload.COLLECTION_ID, match=engine.MatchAny(ids))
    return engine.Filter(must=[permitted], must_not=_not_in_force(on) if on else None)


def _not_in_force(on: dt.date) -> list[Any]:
    """Already repealed, not yet in force, or, where that is not known, not yet signed."""
    until, after = engine.RangeDateTime(lte=on.isoformat()), engine.RangeDateTime(gt=on.isoformat())
    unsigned: list[Any] = [
        engine.IsEmptyCondition(payload.IN_FORCE_FROM),
        engine.FieldCondition(payload.SIGNED_ON, range=after),
    ]
    return [
        engine.FieldCondition(payload.REPEALED_ON, range=until),
        engine.FieldCondition(payload.IN_FORCE_FROM, range=after),
        engine.Filter(must=unsigned),
    ]


def of(collection_id: UUID, document_id: str | None = None, before: int | None = None) -> engine.Filter:
    """A collection's points, or one document's, or only those of its versions below `before`."""
    wanted: list[Any] = [_equals(payload.COLLECTION_ID, str(collection_id))]
    if document_id is not None:
        wanted.append(_equals(payload.DOCUMENT_ID, document_id))
    if before is not None:
        wanted.append(engine.FieldCondition(payload.VERSION, range=engine.RangeFloat(lt=before)))
    return engine.Filter(must=wanted)


def _equals(key: str, value: str) -> engine.FieldCondition:
    return engine.FieldCondition(key, match=engine.MatchValue(value))
