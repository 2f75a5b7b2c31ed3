"""What a Qdrant server is asked and given, as its client's own types."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from qdrant_client import models

from retrieval import graph, payload
from retrieval.index import Link, Point, SparseVector, Vector, Wanted
from retrieval.names import folded
from retrieval.within import Filters, Within

SEARCHING = models.SearchParams(
    hnsw_ef=graph.SEARCHING,
    quantization=models.QuantizationSearchParams(rescore=True, oversampling=graph.COMPARED_IN_FULL),
    acorn=models.AcornSearchParams(enable=True, max_selectivity=graph.LOOKED_PAST_BELOW),
)


def vectors(dimension: int) -> dict[str, models.VectorParams]:
    """The dense vectors of a collection, and their graph."""
    built = models.HnswConfigDiff(
        m=graph.NEIGHBOURS, ef_construct=graph.BUILDING, full_scan_threshold=graph.COMPARED_BY_SERVER_UP_TO
    )
    bits = models.ScalarQuantization(scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8))
    cosine = models.Distance.COSINE
    return {
        payload.DENSE: models.VectorParams(size=dimension, distance=cosine, hnsw_config=built, quantization_config=bits)
    }


def words() -> dict[str, models.SparseVectorParams]:
    """The sparse vectors of a collection."""
    index = models.SparseIndexParams(full_scan_threshold=graph.WORDS_COMPARED_UP_TO)
    kept = models.SparseVectorParams(modifier=models.Modifier.IDF, index=index)
    return dict.fromkeys((payload.SPARSE, payload.TITLE, payload.WHOLE), kept)


def fields() -> Mapping[str, models.PayloadSchemaParams]:
    """How what filters name is indexed.

    Collections are compared as numbers, and each large one has edges of its own in the graph; of other fields the
    graph takes no account.
    """
    tenant = models.UuidIndexParams(type=models.UuidIndexType.UUID, is_tenant=True)
    keyword = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, enable_hnsw=False)
    day = models.DatetimeIndexParams(type=models.DatetimeIndexType.DATETIME, enable_hnsw=False)
    indexed: dict[str, models.PayloadSchemaParams] = dict.fromkeys(payload.KEYWORDS, keyword)
    return indexed | dict.fromkeys(payload.DAYS, day) | {payload.COLLECTION_ID: tenant}


def lists(dense: Vector, sparse: SparseVector, within: models.Filter, candidates: int) -> list[models.Prefetch]:
    """The nearest by meaning, where there is a vector, and by words."""
    # The filter stands on each list: whatever is fused is permitted.
    by_words = models.Prefetch(query=_words(sparse), using=payload.SPARSE, filter=within, limit=candidates)
    if not dense.size:
        return [by_words]
    by_meaning = models.Prefetch(
        query=dense.tolist(), using=payload.DENSE, params=SEARCHING, filter=within, limit=candidates
    )
    return [by_meaning, by_words]


def listed(wanted: Wanted, within: models.Filter) -> models.QueryRequest:
    """The list that is wanted."""
    by_words = isinstance(wanted.vector, SparseVector)
    return models.QueryRequest(
        query=_words(wanted.vector) if isinstance(wanted.vector, SparseVector) else wanted.vector.tolist(),
        using=payload.VECTORS[wanted.respect],
        filter=within,
        params=None if by_words else SEARCHING,
        limit=wanted.limit,
        with_payload=payload.LISTED,
        with_vector=False,
    )


def having(link: Link, references: Iterable[str], looked: Within) -> models.Filter:
    """The points in there of texts that have the references."""
    return models.Filter(must=[within(looked), _any(payload.LINKS[link], references)])


def these(ids: Iterable[UUID]) -> models.Filter:
    """The points of these ids."""
    return models.Filter(must=[models.HasIdCondition(has_id=[str(one) for one in ids])])


def written(point: Point) -> models.PointStruct:
    """The point as the server takes it."""
    vectors: dict[str, Any] = {payload.DENSE: point.dense.tolist(), payload.SPARSE: _words(point.sparse)}
    for name, words in payload.document_words(point):
        vectors[name] = _words(words)
    return models.PointStruct(id=str(point.id), vector=vectors, payload=payload.encode(point))


def _words(sparse: SparseVector) -> models.SparseVector:
    return models.SparseVector(indices=list(sparse.indices), values=list(sparse.values))


def within(looked: Within) -> models.Filter:
    """The points in there."""
    permitted = _any(payload.COLLECTION_ID, map(str, looked.collections))
    not_there = [*_not_in_force(looked.on), *_without(looked)]
    return models.Filter(must=[permitted, *_wanted(looked.filters)], must_not=not_there or None)


def _without(looked: Within) -> Iterator[models.Condition]:
    if looked.without is not None:
        collection, documents = looked.without
        yield models.Filter(must=[_any(payload.COLLECTION_ID, [str(collection)]), _any(payload.DOCUMENT_ID, documents)])


def _wanted(filters: Filters) -> Iterator[models.Condition]:
    if filters.kinds:
        yield _any(payload.KIND, filters.kinds)
    if filters.authors:
        yield _any(payload.AUTHOR_KEY, map(folded, filters.authors))
    if filters.signed_from or filters.signed_until:
        signed = models.DatetimeRange(gte=_moment(filters.signed_from), lte=_moment(filters.signed_until))
        yield models.FieldCondition(key=payload.SIGNED_ON, range=signed)


def _any(key: str, values: Iterable[str]) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchAny(any=sorted(values)))


def _moment(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), dt.UTC)


def _not_in_force(on: dt.date | None) -> list[models.Condition]:
    """Already repealed, not yet in force, or, where that is not known, not yet signed."""
    if on is None:
        return []
    until, after = models.DatetimeRange(lte=_moment(on)), models.DatetimeRange(gt=_moment(on))
    unsigned: list[models.Condition] = [
        models.IsEmptyCondition(is_empty=models.PayloadField(key=payload.IN_FORCE_FROM)),
        models.FieldCondition(key=payload.SIGNED_ON, range=after),
    ]
    return [
        models.FieldCondition(key=payload.REPEALED_ON, range=until),
        models.FieldCondition(key=payload.IN_FORCE_FROM, range=after),
        models.Filter(must=unsigned),
    ]


def of(collection_id: UUID, document_id: str | None = None, before: int | None = None) -> models.Filter:
    """A collection's points, or one document's, or only those of its versions below `before`."""
    wanted: list[models.Condition] = [_equals(payload.COLLECTION_ID, str(collection_id))]
    if document_id is not None:
        wanted.append(_equals(payload.DOCUMENT_ID, document_id))
    if before is not None:
        wanted.append(models.FieldCondition(key=payload.VERSION, range=models.Range(lt=before)))
    return models.Filter(must=wanted)


def _equals(key: str, value: str) -> models.FieldCondition:
    return models.FieldCondition(key=key, match=models.MatchValue(value=value))
