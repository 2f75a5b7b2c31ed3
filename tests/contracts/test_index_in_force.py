"""Every `Index` finds only what is in force on the day asked."""

import datetime as dt
from dataclasses import replace
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval import DocumentMetadata, Index, Point
from tests.contracts.indexes import FUSION, A, find, ids, point

days = st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 9))


def applying(document_id: str, **known: dt.date) -> Point:
    """A chunk of a text of which these days are known."""
    return replace(point(A, document_id), metadata=DocumentMetadata("Titre", **known))  # type: ignore[arg-type]


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
