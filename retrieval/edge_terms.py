"""What the embedded engine is asked and given, as the engine's own types."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import qdrant_edge as engine

from retrieval import graph, payload
from retrieval.encoding import Encoding
from retrieval.index import Fusion, Link, Point, SparseVector, Vector, Wanted
from retrieval.names import folded
from retrieval.within import Filters, Within

# Kilobytes of new dense vectors, and share of all of them, from which search structures are built of them: each time,
# the smaller part of the index is made anew.
BUILT_FROM, BUILT_FROM_SHARE = 10_000, 0.03

# Kilobytes of a part: any. By itself the engine leaves parts beyond 400 megabytes of vectors as they are, and each
# building adds another one, which costs a search as much as a large one.
LARGEST_PART = 1_000_000_000

# The sparse vectors' names.
SPARSE = (payload.SPARSE, payload.TITLE, payload.WHOLE)

_SEARCHING = engine.SearchParams(
    hnsw_ef=graph.SEARCHING,
    quantization=engine.QuantizationSearchParams(rescore=True, oversampling=graph.COMPARED_IN_FULL),
    acorn=engine.AcornSearchParams(enable=True, max_selectivity=graph.LOOKED_PAST_BELOW),
)


def request(
    dense: Vector, sparse: SparseVector, within: engine.Filter, fusion: Fusion, limit: int
) -> engine.QueryRequest:
    """The nearest by meaning, where there is a vector, and by words, fused by rank."""
    candidates = max(fusion.candidates, limit)
    words = _words(sparse)
    # The filter stands on each list: whatever is fused is permitted.
    asked = [engine.Query.Nearest(dense.tolist(), payload.DENSE)] if dense.size else []
    asked.append(engine.Query.Nearest(words, payload.SPARSE))
    lists = [engine.Prefetch(candidates, query=query, params=_SEARCHING, filter=within) for query in asked]
    weights = list(fusion.weights)[-len(lists) :]
    rank_fusion: Any = engine.Fusion.Rrf(fusion.k, weights)  # its stub forgets the base class
    return engine.QueryRequest(
        limit, query=rank_fusion, prefetches=lists, with_payload=True, with_vector=[payload.DENSE]
    )


def linked(link: Link, references: Iterable[str], dense: Vector, looked: Within, limit: int) -> engine.QueryRequest:
    """The nearest by meaning, where there is a vector, of the texts that have the references."""
    having = engine.Filter(must=[within(looked), _any(payload.LINKS[link], references)])
    nearest = engine.Query.Nearest(dense.tolist(), payload.DENSE) if dense.size else None
    return engine.QueryRequest(
        limit, query=nearest, filter=having, params=_SEARCHING, with_payload=True, with_vector=[payload.DENSE]
    )


def listed(wanted: Wanted, within: engine.Filter) -> engine.QueryRequest:
    """The list that is wanted."""
    if isinstance(wanted.vector, SparseVector):
        near = engine.Query.Nearest(_words(wanted.vector), payload.VECTORS[wanted.respect])
    else:
        near = engine.Query.Nearest(wanted.vector.tolist(), payload.VECTORS[wanted.respect])
    return engine.QueryRequest(
        wanted.limit, query=near, filter=within, params=_SEARCHING, with_payload=payload.LISTED, with_vector=False
    )


def compared(ids: Collection[UUID], dense: Vector) -> engine.QueryRequest:
    """How near these points are to the vector."""
    nearest = engine.Query.Nearest(dense.tolist(), payload.DENSE)
    these = engine.Filter(must=[engine.HasIdCondition(set(ids))])
    return engine.QueryRequest(
        len(ids), query=nearest, filter=these, params=_SEARCHING, with_payload=False, with_vector=False
    )


def written(point: Point) -> engine.Point:
    """The point as the engine takes it."""
    vectors: dict[str, Any] = {payload.DENSE: point.dense.tolist(), payload.SPARSE: _words(point.sparse)}
    for name, words in payload.document_words(point):
        vectors[name] = _words(words)
    return engine.Point(point.id, vectors, payload.encode(point))


def _words(sparse: SparseVector) -> engine.SparseVector:
    return engine.SparseVector(list(sparse.indices), list(sparse.values))


def within(looked: Within) -> engine.Filter:
    """The points in there."""
    not_there = [*_not_in_force(looked.on), *_without(looked)]
    return engine.Filter(must=[_permitted(looked.collections), *_wanted(looked.filters)], must_not=not_there or None)


def _without(looked: Within) -> Iterator[Any]:
    if looked.without is not None:
        collection, documents = looked.without
        own: list[Any] = [_equals(payload.COLLECTION_ID, str(collection)), _any(payload.DOCUMENT_ID, documents)]
        yield engine.Filter(must=own)


def _permitted(collections: frozenset[UUID]) -> Any:
    """Of the points of a few collections the engine reads twice as many in a time with a condition for each."""
    if 0 < len(collections) <= graph.FEW_COLLECTIONS:
        each: list[Any] = [_equals(payload.COLLECTION_ID, one) for one in sorted(map(str, collections))]
        return engine.Filter(should=each)
    return _any(payload.COLLECTION_ID, map(str, collections))


def _wanted(filters: Filters) -> Iterator[engine.FieldCondition]:
    if filters.kinds:
        yield _any(payload.KIND, filters.kinds)
    if filters.authors:
        yield _any(payload.AUTHOR_KEY, map(folded, filters.authors))
    if filters.signed_from or filters.signed_until:
        signed = engine.RangeDateTime(gte=_iso(filters.signed_from), lte=_iso(filters.signed_until))
        yield engine.FieldCondition(payload.SIGNED_ON, range=signed)


def _any(key: str, values: Iterable[str]) -> engine.FieldCondition:
    return engine.FieldCondition(key, match=engine.MatchAny(sorted(values)))


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def _not_in_force(on: dt.date | None) -> list[Any]:
    """Already repealed, not yet in force, or, where that is not known, not yet signed."""
    if on is None:
        return []
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


def _equals(key: str, value: str | int) -> engine.FieldCondition:
    return engine.FieldCondition(key, match=engine.MatchValue(value))


def config(encoding: Encoding) -> engine.EdgeConfig:
    """A new shard of vectors that are made so."""
    dense = engine.EdgeVectorParams(size=encoding.dimension, distance=engine.Distance.Cosine)
    words = engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf, full_scan_threshold=graph.WORDS_COMPARED_UP_TO)
    return engine.EdgeConfig(
        vectors={payload.DENSE: dense},
        sparse_vectors=dict.fromkeys(SPARSE, words),
        quantization_config=engine.ScalarQuantizationConfig(engine.ScalarType.Int8),
        # No graph: whether there is to be one is decided each time the index is built.
        hnsw_config=engine.HnswIndexConfig(0, graph.BUILDING, graph.COMPARED_UP_TO),
        optimizers=engine.EdgeOptimizersConfig(
            indexing_threshold=BUILT_FROM,
            default_segment_number=graph.SIDE_BY_SIDE + 1,
            max_segment_size=LARGEST_PART,
        ),
    )


def fields() -> Mapping[str, Any]:
    """How what filters name is indexed.

    Collections are compared as numbers, and each large one has edges of its own in the graph; of other fields the
    graph takes no account, which keeps its building short.
    """
    keyword, day = engine.KeywordIndexParams(enable_hnsw=False), engine.DatetimeIndexParams(enable_hnsw=False)
    indexed: dict[str, Any] = dict.fromkeys(payload.KEYWORDS, keyword) | dict.fromkeys(payload.DAYS, day)
    return indexed | {payload.COLLECTION_ID: engine.UuidIndexParams(is_tenant=True)}
