"""Every `Index` finds what stands in the permitted collections, and nothing else."""

from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval import Index
from tests.contracts.indexes import FUSION, A, B, C, find, ids, point


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
