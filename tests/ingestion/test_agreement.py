"""The catalogue and the index compared, each way of not agreeing made by hand, then repaired."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from ingestion import Agreement
from policies import Principal, Refused
from retrieval import Chunk, Collection, DocumentMetadata, Locator, Point, SparseVector, point_id
from tests.ingestion.conftest import Library, Write
from tests.ingestion.records import lines

Harm = Callable[[Library, Collection], Awaitable[None]]


@pytest.fixture
def agreement(library: Library) -> Agreement:
    parts = library.parts
    return Agreement(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index, library.queue)


async def plant(library: Library, collection: Collection, document: str, version: int, ordinal: int = 0) -> None:
    """A point that nobody asked for."""
    (dense,) = await library.embedder.embed_passages(["planté"])
    chunk = Chunk(ordinal, "planté", Locator(None, (), 0, 6))
    identifier = point_id(collection.id, document, version, "planted", ordinal)
    metadata, words = DocumentMetadata(document), SparseVector((), ())
    await library.parts.index.upsert(
        [Point(identifier, collection.id, document, version, metadata, chunk, dense, words)]
    )


async def lose_points(library: Library, collection: Collection) -> None:
    await library.parts.index.delete(collection.id, "a")


async def add_a_chunk(library: Library, collection: Collection) -> None:
    await plant(library, collection, "a", 2, ordinal=1)


async def add_a_later_version(library: Library, collection: Collection) -> None:
    await plant(library, collection, "a", 3)


async def leave_an_earlier_version(library: Library, collection: Collection) -> None:
    await plant(library, collection, "a", 1)


async def add_a_document(library: Library, collection: Collection) -> None:
    await plant(library, collection, "stranger", 1)


async def add_a_collection(library: Library, collection: Collection) -> None:
    await plant(library, replace(collection, id=point_id(collection.id, "", 0, "", 0)), "a", 1)


async def find_what_failed(library: Library, collection: Collection) -> None:
    await plant(library, collection, "empty", 1)


async def lose_a_job(library: Library, collection: Collection) -> None:
    async with library.parts.pool.connection() as connection:
        await connection.execute("update document set state = 'pending' where id = 'a'")
        await connection.execute("delete from procrastinate_jobs")


HARM: list[tuple[Harm, str]] = [
    (lose_points, "incomplete"),
    (add_a_chunk, "incomplete"),
    (add_a_later_version, "incomplete"),
    (leave_an_earlier_version, "outdated"),
    (add_a_document, "orphaned"),
    (add_a_collection, "orphaned"),
    (find_what_failed, "orphaned"),
    (lose_a_job, "forsaken"),
]


@pytest.mark.parametrize(("harm", "kind"), HARM, ids=lambda value: getattr(value, "__name__", ""))
async def test_what_does_not_agree_is_found_and_repaired(
    library: Library, agreement: Agreement, write: Write, harm: Harm, kind: str
) -> None:
    collection = await library.create("RH")
    await library.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.", empty=" ")))
    await library.ingest("RH", write("a.jsonl", lines(a="Autre.", b="Deux.", empty=" ")))
    points = await library.points(collection)
    assert (await agreement.check(library.principal)).counts() == _counts(2)

    await harm(library, collection)

    found = (await agreement.check(library.principal)).counts()
    assert {name for name in ("incomplete", "outdated", "orphaned", "forsaken") if found[name]} == {kind}
    assert (await agreement.repair(library.principal)).counts() == found
    await library.do_jobs()
    assert (await agreement.check(library.principal)).counts() == _counts(2)
    assert await library.points(collection) == points
    acts = [json.loads(act)["act"] for act in await library.acts()]
    assert [act for act in acts if act.startswith("index.")] == ["index.checked"] * 2 + [
        "index.repaired",
        "index.checked",
    ]


async def test_a_document_that_is_being_read_is_no_finding(
    library: Library, agreement: Agreement, write: Write
) -> None:
    await library.create("RH")
    await library.receive("RH", write("a.jsonl", lines(a="Un.")))
    assert (await agreement.check(library.principal)).agree


async def test_who_may_not_add_to_every_collection_is_refused(
    library: Library, agreement: Agreement, agent: Principal
) -> None:
    await library.create("RH")
    for act in (agreement.check, agreement.repair):
        with pytest.raises(Refused):
            await act(agent)


def _counts(points: int) -> dict[str, int]:
    return {"documents": 3, "points": points, "incomplete": 0, "outdated": 0, "orphaned": 0, "forsaken": 0}
