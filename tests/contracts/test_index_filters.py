"""Every `Index` finds what the filters say, among what is permitted."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval import DocumentMetadata, Filters, Index, PeriodReversed, Point, TextKind
from retrieval.names import folded
from tests.contracts.indexes import FUSION, A, B, find, ids, point

DGS, DGOS = "Direction générale de la santé", "Direction générale de l’offre de soins"
FIRST, LAST = dt.date(2020, 1, 1), dt.date(2020, 1, 9)
days = st.none() | st.dates(FIRST, LAST)
kinds = st.sampled_from([TextKind.LOI, TextKind.DECRET, TextKind.ARRETE])
texts = st.builds(
    DocumentMetadata,
    st.just("Titre"),
    kind=st.none() | kinds,
    author=st.sampled_from(["", DGS, DGOS]),
    signed_on=days,
)
authors = st.sampled_from([DGS, DGOS, "direction  generale de la SANTE"])


def known(document_id: str, **fields: object) -> Point:
    """A chunk of a text of which this is known."""
    return replace(point(A, document_id), metadata=DocumentMetadata("Titre", **fields))  # type: ignore[arg-type]


async def test_one_of_the_kinds_asked_for_is_found(index: Index) -> None:
    await index.upsert([known("décret", kind=TextKind.DECRET), known("loi", kind=TextKind.LOI), known("autre")])
    both = Filters(kinds=frozenset({TextKind.LOI, TextKind.DECRET}))
    assert ids(await find(index, "congé", A, filters=Filters(kinds=frozenset({TextKind.LOI})))) == ["loi"]
    assert sorted(ids(await find(index, "congé", A, filters=both))) == ["décret", "loi"]


async def test_an_author_is_found_however_it_is_typed(index: Index) -> None:
    await index.upsert([known("santé", author=DGS), known("soins", author=DGOS), known("autre")])
    for typed in (DGS, "DIRECTION GENERALE DE LA SANTE", " direction  générale de la santé "):
        assert ids(await find(index, "congé", A, filters=Filters(authors=frozenset({typed})))) == ["santé"]


async def test_both_ends_of_the_period_belong_to_it(index: Index) -> None:
    await index.upsert([known(f"{n}", signed_on=FIRST + dt.timedelta(n)) for n in range(5)] + [known("undated")])
    start, end = FIRST + dt.timedelta(1), FIRST + dt.timedelta(3)
    within = [Filters(signed_from=start), Filters(signed_until=end), Filters(signed_from=start, signed_until=end)]
    found = [sorted(ids(await find(index, "congé", A, filters=filters))) for filters in within]
    assert found == [["1", "2", "3", "4"], ["0", "1", "2", "3"], ["1", "2", "3"]]


async def test_a_correction_moves_a_text_from_one_filter_to_another(index: Index) -> None:
    await index.upsert([known("x", kind=TextKind.NOTE, author=DGOS)])
    await index.describe(A, "x", DocumentMetadata("Titre", kind=TextKind.LOI))
    assert await find(index, "congé", A, filters=Filters(kinds=frozenset({TextKind.NOTE}))) == []
    assert await find(index, "congé", A, filters=Filters(authors=frozenset({DGOS}))) == []
    assert ids(await find(index, "congé", A, filters=Filters(kinds=frozenset({TextKind.LOI})))) == ["x"]


async def test_what_a_filter_leaves_out_takes_no_place_among_the_best(index: Index) -> None:
    await index.upsert([known(f"b{n}", kind=TextKind.NOTE) for n in range(FUSION.candidates + 10)])
    await index.upsert([replace(known("a", kind=TextKind.LOI), chunk=point(A, "a", "congés", towards=1).chunk)])
    assert ids(await find(index, "congé", A, limit=1, filters=Filters(kinds=frozenset({TextKind.LOI})))) == ["a"]


async def test_a_filter_opens_no_collection(index: Index) -> None:
    await index.upsert([known("ours", kind=TextKind.LOI), replace(known("theirs", kind=TextKind.LOI), collection_id=B)])
    filters = Filters(kinds=frozenset({TextKind.LOI}))
    assert ids(await find(index, "congé", A, filters=filters)) == ["ours"]
    assert await find(index, "congé", filters=filters) == []


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(PeriodReversed, match="9 janvier 2020 et finit avant, le 1er janvier 2020"):
        Filters(signed_from=LAST, signed_until=FIRST)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    held=st.lists(texts, max_size=20),
    wanted_kinds=st.frozensets(kinds, max_size=2),
    wanted_authors=st.frozensets(authors, max_size=1),
    bounds=st.tuples(days, days),
)
async def test_filters_find_exactly_the_texts_that_they_name(
    index: Index,
    held: list[DocumentMetadata],
    wanted_kinds: frozenset[TextKind],
    wanted_authors: frozenset[str],
    bounds: tuple[dt.date | None, dt.date | None],
) -> None:
    start, end = sorted(bounds, key=lambda day: day or FIRST)
    collection = uuid4()
    await index.upsert([replace(point(collection, f"d{n}"), metadata=text) for n, text in enumerate(held)])
    filters = Filters(wanted_kinds, wanted_authors, start, end)
    found = {hit.document_id for hit in await find(index, "congé", collection, limit=50, filters=filters)}

    def named(text: DocumentMetadata) -> bool:
        return (
            (not wanted_kinds or text.kind in wanted_kinds)
            and (not wanted_authors or folded(text.author) in map(folded, wanted_authors))
            and ((start, end) == (None, None) or text.signed_on is not None)
            and (text.signed_on is None or (start or FIRST) <= text.signed_on <= (end or LAST))
        )

    assert found == {f"d{n}" for n, text in enumerate(held) if named(text)}
