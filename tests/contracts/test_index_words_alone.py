"""A question without a vector: the words alone count, on each engine."""

import datetime as dt

import numpy as np

from retrieval import Index, Within
from tests.contracts.indexes import FUSION, A, B, point, sparse

NO_VECTOR = np.empty(0, np.float32)


async def test_without_a_vector_the_words_alone_find_and_nothing_has_a_similarity(index: Index) -> None:
    await index.upsert([point(A, "a", "congé parental"), point(A, "b", "prime de fin d’année"), point(B, "c", "congé")])
    words = sparse.query("congé parental")
    hits = await index.search(NO_VECTOR, words, within=Within(frozenset({A})), fusion=FUSION, limit=10)
    assert [(hit.document_id, hit.similarity) for hit in hits] == [("a", 0.0)]
    assert hits[0].score > 0


async def test_filters_hold_without_a_vector_too(index: Index) -> None:
    await index.upsert([point(A, "a", "congé parental")])
    words = sparse.query("congé")
    repealed = Within(frozenset({A}), dt.date(2030, 1, 1))
    assert await index.search(NO_VECTOR, words, within=repealed, fusion=FUSION, limit=10) == []
