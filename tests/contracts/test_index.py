"""What every `Index` does, on each implementation that can run here."""

import datetime as dt
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval import (
    Chunk,
    DocumentMetadata,
    Encoding,
    Fusion,
    Hit,
    Index,
    Locator,
    Point,
    SparseEncoder,
    Stored,
    TextKind,
    Vector,
    edge,
    point_id,
    qdrant,
)
from retrieval.edge import EdgeSettings, open_edge
from retrieval.qdrant import QdrantSettings, open_qdrant

DIMENSION = 8
ENCODING = Encoding("test", DIMENSION)
FUSION = Fusion(k=20, dense_weight=0.5, candidates=50)
A, B, C = (UUID(int=n) for n in (1, 2, 3))

ENGINES = ["edge", "qdrant in memory", *(["qdrant server"] if "ASSISTANT_QDRANT" in os.environ else [])]

# The client's in-memory mode has no indexes, and says so.
pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect")

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


@pytest.fixture(params=ENGINES)
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Index]:
    async with opened(request.param, tmp_path) as index:
        yield index
        if request.param == "qdrant server":
            await index._client.delete_collection(index._name)  # type: ignore[attr-defined]


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
) -> list[Hit]:
    """What the index finds for these words and the unit vector `towards`."""
    permitted = frozenset(collections)
    words = sparse.query(question)
    return await index.search(direction(towards), words, collections=permitted, fusion=FUSION, limit=limit, on=on)


def applying(document_id: str, **known: dt.date) -> Point:
    """A chunk of a text of which these days are known."""
    return replace(point(A, document_id), metadata=DocumentMetadata("Titre", **known))  # type: ignore[arg-type]


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.document_id for hit in hits]


async def test_what_was_written_is_found_at_once_and_whole(index: Index) -> None:
    written = point(A, "dossier/fiche n° 1.md", "Le congé de maternité dure seize semaines.")
    await index.upsert([written])
    (hit,) = await find(index, "maternité", A)
    assert (hit.collection_id, hit.document_id, hit.version) == (A, "dossier/fiche n° 1.md", 1)
    assert (hit.metadata, hit.chunk) == (written.metadata, written.chunk)
    assert hit.similarity == pytest.approx(1.0, abs=1e-5)
    assert hit.score > 0


async def test_only_texts_in_force_on_the_day_asked_are_found(index: Index) -> None:
    day = dt.date(2023, 3, 1)
    eve, morrow = day - dt.timedelta(1), day + dt.timedelta(1)
    await index.upsert(
        [
            applying("undated"),
            applying("from that day", in_force_from=day),
            applying("from the next", in_force_from=morrow),
            applying("repealed that day", repealed_on=day),
            applying("repealed the next", repealed_on=morrow),
            applying("signed that day", signed_on=day),
            applying("signed the next", signed_on=morrow),
            applying("signed the next, in force before", signed_on=morrow, in_force_from=eve),
            applying("of long ago", signed_on=dt.date(1789, 8, 26), in_force_from=dt.date(1789, 10, 5)),
        ]
    )
    found = {hit.document_id for hit in await find(index, "congé", A, on=day)}
    assert found == {
        *("undated", "from that day", "repealed the next", "signed that day"),
        *("signed the next, in force before", "of long ago"),
    }
    assert len(await find(index, "congé", A)) == 9


async def test_a_text_that_is_not_in_force_takes_no_place_among_the_best(index: Index) -> None:
    await index.upsert([applying(f"b{n}", repealed_on=dt.date(2020, 1, 1)) for n in range(FUSION.candidates + 10)])
    await index.upsert([point(A, "a", "congés", towards=1)])
    assert ids(await find(index, "congé", A, limit=1, on=dt.date(2026, 5, 1))) == ["a"]


days = st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 9))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.builds(DocumentMetadata, st.just("Titre"), in_force_from=days, repealed_on=days, signed_on=days), max_size=20
    ),
    day=st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 9)),
)
async def test_the_engine_and_the_metadata_agree_on_what_is_in_force(
    index: Index, texts: list[DocumentMetadata], day: dt.date
) -> None:
    collection = uuid4()
    await index.upsert([replace(point(collection, f"d{n}"), metadata=text) for n, text in enumerate(texts)])
    found = {hit.document_id for hit in await find(index, "congé", collection, limit=50, on=day)}
    assert found == {f"d{n}" for n, text in enumerate(texts) if text.in_force(day)}


async def test_a_document_is_described_anew_and_its_vectors_stay(index: Index) -> None:
    await index.upsert([point(A, "x", ordinal=n, towards=n) for n in range(3)] + [point(A, "y"), point(B, "x")])
    corrected = DocumentMetadata("Autre titre", number="SSAH2301234A", in_force_from=dt.date(2024, 1, 1))
    await index.describe(A, "x", corrected)
    hits = await find(index, "congé", A, B)
    assert {hit.metadata.title for hit in hits if (hit.collection_id, hit.document_id) != (A, "x")} == {"Titre"}
    ours = [hit for hit in hits if (hit.collection_id, hit.document_id) == (A, "x")]
    assert [hit.metadata for hit in ours] == [corrected] * 3
    assert sorted(round(hit.similarity, 5) for hit in ours) == [0.0, 0.0, 1.0]


async def test_an_empty_collection_set_finds_nothing(index: Index) -> None:
    await index.upsert([point(A, "a")])
    assert await find(index, "congé") == []
    assert await index.count(frozenset()) == 0


async def test_only_the_permitted_collections_are_searched(index: Index) -> None:
    await index.upsert([point(A, "a"), point(B, "b"), point(C, "c")])
    assert sorted(ids(await find(index, "congé", A, C))) == ["a", "c"]


async def test_a_forbidden_chunk_takes_no_place_among_the_best(index: Index) -> None:
    await index.upsert([point(B, f"b{n}") for n in range(FUSION.candidates + 10)])
    await index.upsert([point(A, "a", "congés", towards=1)])
    assert ids(await find(index, "congé", A, limit=1)) == ["a"]


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
        collections=frozenset({A}),
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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.sampled_from(["congé", "prime"])), max_size=30),
    permitted=st.frozensets(st.integers(0, 5)),
)
async def test_what_is_found_is_permitted(
    index: Index, held: list[tuple[int, int, str]], permitted: frozenset[int]
) -> None:
    # New collections for each example; those of the examples before stay and are forbidden.
    collections = [uuid4() for _ in range(6)]
    allowed = frozenset(collections[number] for number in permitted)
    points = [
        point(collections[number], f"d{n}", text, towards=towards) for n, (number, towards, text) in enumerate(held)
    ]
    await index.upsert(points)
    found = await find(index, "congé", *allowed, limit=len(held) + 1)
    assert {hit.collection_id for hit in found} <= allowed
    assert {hit.document_id for hit in found} == {p.document_id for p in points if p.collection_id in allowed}


async def test_without_the_restriction_the_forbidden_one_would_be_found(index: Index) -> None:
    """The tests above would pass on a corpus that held nothing forbidden: this one says that it did."""
    await index.upsert(
        [
            point(A, "permitted", "les retraites, les primes et un congé", towards=1),
            point(B, "forbidden", "congé", towards=0),
        ]
    )
    assert ids(await find(index, "congé", A, B))[0] == "forbidden"
    assert ids(await find(index, "congé", A)) == ["permitted"]


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
