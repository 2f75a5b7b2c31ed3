"""Lists of what is near in one respect each, and what stands behind their ids, on each implementation of `Index`."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval import Chunk, DocumentMetadata, Filters, Index, Locator, Point, SparseVector, TextKind, Vector, Within
from retrieval.index import DocumentWords, Listed, Respect, Wanted
from tests.contracts.indexes import DIMENSION, A, B, C, direction, point, sparse

NO_VECTOR: Vector = np.empty(0, np.float32)


def near(cosine: float) -> Vector:
    """A vector of that cosine with the first direction."""
    vector: Vector = (cosine * direction(0) + np.sqrt(1 - cosine**2) * direction(1)).astype(np.float32)
    return vector


def titled(point: Point, title: str, *texts: str) -> Point:
    """The same, of a document of this title and of these chunks."""
    chunks = [Chunk(n, text, Locator(None, (), 0, len(text))) for n, text in enumerate(texts)]
    return replace(point, metadata=DocumentMetadata(title), document=sparse.whole(title, chunks))


async def lists(
    index: Index, *wanted: Respect, words: str = "congé", limit: int = 10, within: Within | None = None
) -> dict[Respect, list[Listed]]:
    """Those nearest to these words and to the first direction; of all respects where none is named."""
    wanted = wanted or tuple(Respect)
    asked = [Wanted(one, direction(0) if one is Respect.MEANING else sparse.query(words), limit) for one in wanted]
    found = await index.lists(asked, within=within or Within(frozenset({A})))
    return dict(zip(wanted, found, strict=True))


def ids(listed: list[Listed]) -> list[str]:
    """Their documents, in their order."""
    return [one.document_id for one in listed]


async def test_chunks_are_listed_by_meaning_and_by_words_the_nearest_first(index: Index) -> None:
    await index.upsert(
        [
            replace(point(A, "one", "prime"), dense=near(0.9)),
            replace(point(A, "two", "congé"), dense=near(0.5)),
            replace(point(A, "three", "congé, congé, congé", ordinal=3), dense=near(0.7)),
        ]
    )
    found = await lists(index, Respect.WORDS, Respect.MEANING)
    assert ids(found[Respect.MEANING]) == ["one", "three", "two"]
    assert [one.score for one in found[Respect.MEANING]] == pytest.approx([0.9, 0.7, 0.5], abs=1e-4)
    assert ids(found[Respect.WORDS]) == ["three", "two"]
    assert found[Respect.WORDS][0].score > found[Respect.WORDS][1].score > 0


async def test_known_chunks_are_compared_with_a_vector_the_nearest_first_and_no_others(index: Index) -> None:
    points = [replace(point(A, f"d{n}"), dense=near(cosine)) for n, cosine in enumerate((0.2, 0.9, 0.7, 0.4))]
    await index.upsert(points)
    found = await index.similarities([one.id for one in points[:3]] + [uuid4()], direction(0))
    assert [*found] == [points[1].id, points[2].id, points[0].id]
    assert [*found.values()] == pytest.approx([0.9, 0.7, 0.2], abs=1e-4)
    assert await index.similarities([points[0].id], NO_VECTOR) == {}
    assert await index.similarities([], direction(0)) == {}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cosines=st.lists(st.floats(-0.99, 0.99), max_size=12), asked=st.frozensets(st.integers(0, 11)))
async def test_every_known_chunk_that_is_asked_for_is_compared_exactly(
    index: Index, cosines: list[float], asked: frozenset[int]
) -> None:
    points = [replace(point(uuid4(), f"d{n}"), dense=near(cosine)) for n, cosine in enumerate(cosines)]
    await index.upsert(points)
    wanted = {points[n].id: cosines[n] for n in asked if n < len(points)}
    found = await index.similarities(wanted, direction(0))
    assert found == pytest.approx(wanted, abs=1e-4)
    assert [*found.values()] == sorted(found.values(), reverse=True)


async def test_whole_texts_and_titles_are_those_of_documents_that_have_them(index: Index) -> None:
    long = titled(point(A, "long", "une prime"), "La prime", "une prime", "un congé", "un congé")
    await index.upsert(
        [
            long,
            point(A, "long", "un congé", ordinal=1),
            titled(point(A, "short", "congé"), "Le congé", "congé"),
            titled(point(A, "untitled", "congé et autre chose"), "", "congé et autre chose"),
            point(A, "without words", "congé"),
        ]
    )
    found = await lists(index, Respect.WHOLE, Respect.TITLE)
    assert set(ids(found[Respect.WHOLE])) == {"long", "short", "untitled"}
    assert ids(found[Respect.TITLE]) == ["short"]
    assert long.id in {one.id for one in found[Respect.WHOLE]}  # by words that are not its own
    assert {one.document_id: one.is_titled for one in found[Respect.WHOLE]} == {
        "long": True,
        "short": True,
        "untitled": False,
    }


async def test_a_title_that_a_correction_takes_away_is_none(index: Index) -> None:
    await index.upsert([titled(point(A, "a"), "Le congé", "congé")])
    await index.describe(A, "a", DocumentMetadata(""))
    (listed,) = (await lists(index, Respect.WHOLE))[Respect.WHOLE]
    assert not listed.is_titled


async def test_a_section_is_what_shares_two_headings(index: Index) -> None:
    def under(document: str, *headings: str) -> Point:
        placed = point(A, document)
        return replace(placed, chunk=replace(placed.chunk, locator=Locator(None, headings, 0, 5)))

    await index.upsert(
        [under("a", "Livre I", "Titre I"), under("b", "Livre I", "Titre I"), under("c", "Livre I", "Titre II")]
    )
    await index.upsert([under("d", "Introduction"), under("e")])
    sections = {one.document_id: one.section for one in (await lists(index, Respect.WORDS))[Respect.WORDS]}
    assert sections["a"] == sections["b"] != sections["c"]
    assert sections["d"] == sections["e"] == ""
    assert "" not in {sections["a"], sections["c"]}


@pytest.mark.parametrize("respect", Respect)
async def test_each_list_is_of_permitted_collections_and_of_texts_in_force_alone(
    index: Index, respect: Respect
) -> None:
    def text(collection: UUID, document: str, **known: dt.date) -> Point:
        made = titled(point(collection, document), "Le congé", "congé")
        return replace(made, metadata=replace(made.metadata, **known))  # type: ignore[arg-type]

    repealed = text(A, "repealed", repealed_on=dt.date(2020, 1, 1))
    await index.upsert([text(A, "a"), repealed, text(B, "b"), text(C, "c")])

    async def found(*collections: UUID, on: dt.date | None = None) -> set[str]:
        return set(ids((await lists(index, respect, within=Within(frozenset(collections), on)))[respect]))

    assert await found(A) == {"a", "repealed"}
    assert await found(A, on=dt.date(2024, 1, 1)) == {"a"}
    assert await found(A, on=dt.date(2019, 1, 1)) == {"a", "repealed"}
    assert await found(B, C) == {"b", "c"}
    assert await found() == set()
    assert await found(uuid4()) == set()


@pytest.mark.parametrize("respect", Respect)
async def test_filters_hold_in_each_list(index: Index, respect: Respect) -> None:
    law, other = (titled(point(A, name), "Le congé", "congé") for name in ("law", "other"))
    law = replace(law, metadata=replace(law.metadata, kind=TextKind.LOI))
    await index.upsert([law, other])
    within = Within(frozenset({A}), filters=Filters(kinds=frozenset({TextKind.LOI})))
    assert ids((await lists(index, respect, within=within))[respect]) == ["law"]


@pytest.mark.parametrize("respect", Respect)
async def test_a_forbidden_chunk_takes_no_place_among_the_nearest(index: Index, respect: Respect) -> None:
    await index.upsert([titled(point(B, f"b{n}"), "Le congé", "congé") for n in range(50)])
    await index.upsert([titled(point(A, "a", "un congé parmi d’autres"), "Congé et prime", "un congé", "une prime")])
    assert ids((await lists(index, respect, limit=1))[respect]) == ["a"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.lists(st.integers(0, 3), max_size=12), permitted=st.frozensets(st.integers(0, 3)))
async def test_what_is_listed_is_permitted(index: Index, held: list[int], permitted: frozenset[int]) -> None:
    collections = [uuid4() for _ in range(4)]  # those of the examples before stay, and are forbidden
    allowed = frozenset(collections[number] for number in permitted)
    points = [titled(point(collections[number], f"d{n}"), "Congé", "congé") for n, number in enumerate(held)]
    without = [titled(point(collections[number], f"o{n}"), "", "congé") for n, number in enumerate(held)]
    await index.upsert([*points, *without])
    found = await lists(index, limit=40, within=Within(allowed))
    for respect, listed in found.items():
        wanted = [one for one in (*points, *without) if one.collection_id in allowed]
        assert {one.collection_id for one in listed} <= set(map(str, allowed))
        if respect is Respect.TITLE:
            wanted = [one for one in wanted if one.metadata.title]
        assert set(ids(listed)) == {one.document_id for one in wanted}


async def test_an_empty_vector_is_near_to_nothing_and_the_other_lists_come(index: Index) -> None:
    await index.upsert([titled(point(A, "a"), "Congé", "congé")])
    nothing, words = SparseVector((), ()), sparse.query("congé")
    within = Within(frozenset({A}))
    wanted = [
        Wanted(Respect.WHOLE, nothing, 5),
        Wanted(Respect.MEANING, direction(0), 5),
        Wanted(Respect.MEANING, NO_VECTOR, 5),
        Wanted(Respect.WORDS, words, 5),
    ]
    found = await index.lists(wanted, within=within)
    assert [ids(one) for one in found] == [[], ["a"], [], ["a"]]
    assert await index.lists([Wanted(Respect.WORDS, nothing, 5)], within=within) == [[]]
    assert await index.lists([], within=within) == []


async def test_a_list_is_no_longer_than_is_wanted(index: Index) -> None:
    await index.upsert([titled(point(A, f"a{n}"), "Le congé", "congé") for n in range(6)])
    wanted = [Wanted(Respect.MEANING, direction(0), 2), Wanted(Respect.WHOLE, sparse.query("congé"), 4)]
    found = await index.lists(wanted, within=Within(frozenset({A})))
    assert [len(one) for one in found] == [2, 4]


async def test_a_listed_id_is_read_whole(index: Index) -> None:
    first = titled(point(A, "a", "congé"), "Le congé", "congé", "prime")
    others = [point(A, "a", "prime", ordinal=1), point(B, "b")]
    await index.upsert([first, *others])
    (read,) = await index.read([first.id, uuid4()])
    assert (read.id, read.collection_id, read.document_id, read.version) == (first.id, A, "a", 1)
    assert (read.metadata, read.chunk) == (first.metadata, first.chunk)
    np.testing.assert_allclose(read.dense, first.dense, atol=1e-5)
    assert read.dense.shape == (DIMENSION,)
    assert _weights(read.sparse) == pytest.approx(_weights(first.sparse))
    assert isinstance(read.document, DocumentWords)
    assert isinstance(first.document, DocumentWords)
    assert _weights(read.document.whole) == pytest.approx(_weights(first.document.whole))
    assert _weights(read.document.title) == pytest.approx(_weights(first.document.title))
    assert [one.document for one in await index.read([others[0].id])] == [None]
    assert {one.id for one in await index.read([one.id for one in (first, *others)])} == {
        first.id,
        *(o.id for o in others),
    }
    assert await index.read([]) == []


def _weights(words: SparseVector) -> dict[int, float]:
    return dict(zip(words.indices, words.values, strict=True))


async def test_hits_come_in_the_order_of_their_scores(index: Index) -> None:
    points = [replace(point(A, f"a{n}"), dense=near(n / 10)) for n in range(6)]
    await index.upsert(points)
    scores = {points[n].id: score for n, score in ((3, 2.5), (0, 1.0), (5, 0.0), (1, -4.0))}
    hits = await index.hits(scores, direction(0))
    assert [hit.document_id for hit in hits] == ["a3", "a0", "a5", "a1"]
    assert [hit.score for hit in hits] == [2.5, 1.0, 0.0, -4.0]
    assert [hit.similarity for hit in hits] == pytest.approx([0.3, 0, 0.5, 0.1], abs=1e-4)
    assert hits[0].chunk == points[3].chunk
    assert [hit.similarity for hit in await index.hits(scores, NO_VECTOR)] == [0, 0, 0, 0]
    assert await index.hits({}, direction(0)) == []


async def test_what_is_gone_since_it_was_listed_is_left_out(index: Index) -> None:
    await index.upsert([point(A, "a"), point(A, "gone")])
    listed = (await lists(index, Respect.WORDS))[Respect.WORDS]
    await index.delete(A, "gone")
    hits = await index.hits({one.id: one.score for one in listed}, direction(0))
    assert [hit.document_id for hit in hits] == ["a"]
    assert [one.document_id for one in await index.read([one.id for one in listed])] == ["a"]
