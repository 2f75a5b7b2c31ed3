"""What every `Index` does with what is written to it, on each implementation that can run here."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import DocumentMetadata, Index, Stored, Within, edge, qdrant
from tests.contracts.indexes import (
    ENGINES,
    FUSION,
    QUIET_ABOUT_INDEXES,
    A,
    B,
    direction,
    find,
    ids,
    opened,
    point,
    sparse,
)


async def test_what_was_written_is_found_at_once_and_whole(index: Index) -> None:
    written = point(A, "dossier/fiche n° 1.md", "Le congé de maternité dure seize semaines.")
    await index.upsert([written])
    (hit,) = await find(index, "maternité", A)
    assert (hit.collection_id, hit.document_id, hit.version) == (A, "dossier/fiche n° 1.md", 1)
    assert (hit.metadata, hit.chunk) == (written.metadata, written.chunk)
    assert hit.similarity == pytest.approx(1.0, abs=1e-5)
    assert hit.score > 0


async def test_a_document_of_which_nothing_is_known_is_found_whole_too(index: Index) -> None:
    written = replace(point(A, "x"), metadata=DocumentMetadata(""))
    await index.upsert([written])
    (hit,) = await find(index, "congé", A)
    assert (hit.metadata, hit.chunk) == (written.metadata, written.chunk)


async def test_a_document_is_described_anew_and_its_vectors_stay(index: Index) -> None:
    await index.upsert([point(A, "x", ordinal=n, towards=n) for n in range(3)] + [point(A, "y"), point(B, "x")])
    corrected = DocumentMetadata("Autre titre", number="SSAH2301234A", in_force_from=dt.date(2024, 1, 1))
    await index.describe(A, "x", corrected)
    hits = await find(index, "congé", A, B)
    assert {hit.metadata.title for hit in hits if (hit.collection_id, hit.document_id) != (A, "x")} == {"Titre"}
    ours = [hit for hit in hits if (hit.collection_id, hit.document_id) == (A, "x")]
    assert [hit.metadata for hit in ours] == [corrected] * 3
    assert sorted(round(hit.similarity, 5) for hit in ours) == [0.0, 0.0, 1.0]


async def test_words_and_meaning_both_count(index: Index) -> None:
    await index.upsert(
        [
            point(A, "both", "indemnité journalière", towards=0),
            replace(point(A, "meaning", "prime"), dense=(direction(0) * 4 + direction(1)) / np.float32(17**0.5)),
            point(A, "words", "indemnité journalière de la caisse", towards=1),
            point(A, "neither", "voiture", towards=2),
        ]
    )
    found = ids(await find(index, "indemnités journalières", A, towards=0, limit=3))
    assert found[0] == "both"
    assert set(found) == {"both", "meaning", "words"}


async def test_a_question_of_stop_words_is_answered_by_meaning(index: Index) -> None:
    await index.upsert([point(A, "far", towards=1), point(A, "near", towards=0)])
    assert ids(await find(index, "est-ce que de la", A, towards=0))[0] == "near"


@pytest.mark.parametrize(("weight", "first"), [(1.0, "meaning"), (0.0, "words")])
async def test_the_weight_moves_the_order(index: Index, weight: float, first: str) -> None:
    await index.upsert([point(A, "words", "congé", towards=1), point(A, "meaning", "prime", towards=0)])
    hits = await index.search(
        direction(0),
        sparse.query("congé"),
        within=Within(frozenset({A})),
        fusion=replace(FUSION, dense_weight=weight),
        limit=1,
    )
    assert ids(hits) == [first]


async def test_more_hits_than_candidates_may_be_asked_for(index: Index) -> None:
    await index.upsert([point(A, f"a{n}") for n in range(FUSION.candidates + 20)])
    assert len(await find(index, "congé", A, limit=FUSION.candidates + 15)) == FUSION.candidates + 15


async def test_writing_the_same_points_again_changes_nothing(index: Index) -> None:
    points = [point(A, "a", ordinal=ordinal) for ordinal in range(3)]
    await index.upsert(points)
    before = await find(index, "congé", A)
    await index.upsert(points)
    assert await index.count(frozenset({A})) == 3
    assert {hit.chunk.ordinal for hit in await find(index, "congé", A)} == {hit.chunk.ordinal for hit in before}


async def test_a_point_with_the_same_id_is_replaced(index: Index) -> None:
    old = point(A, "a", "congé")
    await index.upsert([old])
    await index.upsert([replace(old, chunk=replace(old.chunk, text="prime"), sparse=sparse.document("prime"))])
    assert [hit.chunk.text for hit in await find(index, "prime", A)] == ["prime"]


async def test_a_document_is_deleted_from_its_own_collection_alone(index: Index) -> None:
    await index.upsert([point(A, "x"), point(A, "y"), point(B, "x")])
    await index.delete(A, "x")
    assert ids(await find(index, "congé", A)) == ["y"]
    assert ids(await find(index, "congé", B)) == ["x"]


async def test_older_versions_are_deleted_and_the_new_one_stays(index: Index) -> None:
    await index.upsert([point(A, "x", version=version) for version in (1, 2, 3)] + [point(A, "y")])
    await index.delete(A, "x", before=3)
    assert sorted((hit.document_id, hit.version) for hit in await find(index, "congé", A)) == [("x", 3), ("y", 1)]


async def test_a_deleted_collection_is_gone(index: Index) -> None:
    await index.upsert([point(A, "a"), point(B, "b")])
    await index.delete(A)
    assert await index.count(frozenset({A})) == 0
    assert await find(index, "congé", A) == []
    assert await index.count(frozenset({A, B})) == 1


async def test_settling_loses_nothing(index: Index) -> None:
    await index.upsert([point(A, f"a{n}") for n in range(20)])
    await index.settle()
    assert await index.count(frozenset({A})) == 20


async def test_writing_nothing_is_allowed(index: Index) -> None:
    await index.upsert([])
    assert await index.count(frozenset({A})) == 0


@QUIET_ABOUT_INDEXES
async def test_the_engines_agree_on_the_order(tmp_path: Path) -> None:
    texts = {
        "maternité": "Le congé de maternité dure seize semaines.",
        "paternité": "Le congé de paternité dure vingt-cinq jours.",
        "retraite": "L'âge de départ à la retraite est fixé par la loi.",
        "prime": "La prime d’activité complète les revenus.",
    }
    points = [point(A, id_, text, towards=n) for n, (id_, text) in enumerate(texts.items())]
    orders = []
    for engine in ENGINES:
        async with opened(engine, tmp_path / engine) as index:
            await index.upsert(points)
            orders.append([ids(await find(index, text, A, towards=n))[:1] for n, text in enumerate(texts.values())])
    assert orders == [[[id_] for id_ in texts]] * len(ENGINES)


async def test_every_point_is_listed_once_with_its_place(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for adapter in (edge, qdrant):
        monkeypatch.setattr(adapter, "PAGE", 3)
    assert [one async for one in index.stored()] == []
    await index.upsert([point(A, "a", ordinal=n, version=2) for n in range(5)] + [point(B, "b")])
    listed = [one async for one in index.stored()]
    assert len(listed) == 6
    assert set(listed) == {*(Stored(A, "a", 2, n) for n in range(5)), Stored(B, "b", 1, 0)}


async def test_a_document_is_read_back_whole(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for adapter in (edge, qdrant):
        monkeypatch.setattr(adapter, "BATCH", 3)
    ours = [point(A, "x", f"congé {n}", ordinal=n, version=1 + n % 2, towards=n) for n in range(8)]
    await index.upsert([*ours, point(A, "y"), point(B, "x")])
    read = sorted(await index.points(A, "x"), key=lambda one: one.chunk.ordinal)
    for one, written in zip(read, ours, strict=True):
        assert one.dense == pytest.approx(written.dense, abs=1e-6)
        assert dict(zip(one.sparse.indices, one.sparse.values, strict=True)) == pytest.approx(
            dict(zip(written.sparse.indices, written.sparse.values, strict=True))
        )
        assert replace(one, dense=written.dense, sparse=written.sparse) == written
    assert await index.points(A, "unknown") == []
