"""The same change to many documents: settled beforehand, made to each, told where it was not."""

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ingestion.bulk import Change
from ingestion.bulk_steps import NO_ORIGINAL, NOT_FAILED
from ingestion.bulks import NOT_YOURS, Bulks, Everything
from ingestion.errors import BulkMoved, BulkNotFound
from ingestion.publication.drafts import Drafts
from policies import Principal, Role
from retrieval import (
    Collection,
    CollectionNotFound,
    Document,
    DocumentMetadata,
    Documents,
    DocumentState,
    IndexUnavailable,
)
from retrieval.document_filter import DocumentFilter
from tests.ingestion import records

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library, Write

ALL = DocumentFilter()
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def bulks(library: "Library") -> Bulks:
    parts = library.parts
    documents = Documents(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index)
    return Bulks(parts.pool, library.policy, documents, Drafts(parts.pool, parts.ledger, parts.index), library.queue)


async def notes(library: "Library", write: "Write", *ids: str) -> Collection:
    """A collection with these documents, to be found."""
    collection = await library.create("Notes")
    await library.receive("Notes", write("notes.jsonl", records.lines(**{one: f"Texte {one}." for one in ids})))
    await library.do_jobs()
    return collection


async def done(
    library: "Library", bulks: Bulks, change: Change, *ids: str, on: dt.date | None = None
) -> dict[str, str]:
    """Make the change to these documents of «Notes»; gives why some were left."""
    async with library.parts.pool.connection() as connection:
        collection = await library.parts.catalog.collection(connection, "Notes")
    bulk = await bulks.start(library.principal, change, [(collection.id, one) for one in ids], on)
    await bulks.work(bulk.id)
    after = await bulks.bulk(library.principal, bulk.id)
    left = await bulks.left(library.principal, bulk.id)
    assert after.ended_at is not None
    assert (after.done + after.left, after.left) == (after.documents, len(left))
    return {one.document_id: one.reason for one in left}


async def details(library: "Library", act: str) -> list[dict[str, Any]]:
    bodies = [json.loads(body) for body in await library.acts()]
    return [body["details"] for body in bodies if body["act"] == act]


async def known(library: "Library", collection: Collection, *ids: str) -> dict[str, Document]:
    async with library.parts.pool.connection() as connection:
        return await library.parts.catalog.documents(connection, collection.id, ids)


async def test_documents_are_removed_with_what_is_found_of_them_each_on_record(
    library: "Library", bulks: Bulks, write: "Write"
) -> None:
    collection = await notes(library, write, "a", "b", "c")
    assert await done(library, bulks, Change.REMOVE, "a", "c", "unknown") == {}
    assert {document for document, *_ in await library.points(collection)} == {"b"}
    assert [one["document_id"] for one in await details(library, "document.removed")] == ["a", "c"]
    (begun,) = await details(library, "bulk.started")
    assert (begun["change"], begun["documents"], begun["collections"]) == ("remove", 2, [str(collection.id)])


async def test_texts_are_repealed_on_a_day_but_for_those_that_begin_later(
    library: "Library", bulks: Bulks, write: "Write"
) -> None:
    collection = await notes(library, write, "a", "b")
    await bulks.documents.correct(library.principal, "Notes", "b", {"signed_on": DAY + dt.timedelta(1)})
    left = await done(library, bulks, Change.REPEAL, "a", "b", on=DAY)
    assert list(left) == ["b"]
    assert "1er mars 2026" in left["b"]
    held = await known(library, collection, "a", "b")
    assert [held[one].metadata.repealed_on for one in "ab"] == [DAY, None]
    assert {hit.metadata.repealed_on for hit in await library.hits(collection) if hit.document_id == "a"} == {DAY}


async def test_guesses_are_confirmed_but_not_those_about_what_waits_for_a_decision(
    library: "Library", bulks: Bulks, write: "Write"
) -> None:
    collection = await notes(library, write, "a", "b")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update document_version set guessed = '{kind}', kind = 'note'")
        await connection.execute("update document set state = 'quarantined' where id = 'b'")
    left = await done(library, bulks, Change.CONFIRM, "a", "b")
    assert list(left) == ["b"]
    held = await known(library, collection, "a", "b")
    assert [held[one].metadata.guessed for one in "ab"] == [frozenset(), frozenset({"kind"})]


async def test_what_failed_is_tried_again_and_the_rest_left(library: "Library", bulks: Bulks, write: "Write") -> None:
    collection = await notes(library, write, "a", "b", "c")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update document set state = 'failed', failure = 'x' where id in ('a', 'c')")
        await connection.execute("delete from received where document_id = 'c'")
    assert await done(library, bulks, Change.RETRY, "a", "b", "c") == {"b": NOT_FAILED, "c": NO_ORIGINAL}
    await library.do_jobs()
    states = await library.states(collection, "a", "c")
    assert [states[one][1] for one in "ac"] == [DocumentState.INDEXED, DocumentState.FAILED]
    assert [one["documents"] for one in await details(library, "job.retried")] == [1]


async def test_what_was_read_is_read_again_and_found_meanwhile(
    library: "Library", bulks: Bulks, write: "Write"
) -> None:
    collection = await notes(library, write, "a", "b")
    before = await library.points(collection)
    assert await done(library, bulks, Change.REINDEX, "a", "b") == {}
    assert await library.points(collection) == before
    assert len(await library.jobs()) == 1
    await library.do_jobs()
    assert await library.points(collection) == before


async def test_all_that_a_list_finds_is_changed_and_nothing_where_it_finds_more_than_was_said(
    library: "Library", bulks: Bulks, write: "Write"
) -> None:
    collection = await notes(library, write, *(f"n{number:02}" for number in range(30)))
    wanted = DocumentFilter(words="n0")
    with pytest.raises(BulkMoved):
        await bulks.start(library.principal, Change.REMOVE, Everything(wanted, collection.id, 9))
    assert await bulks.latest(library.principal) == []
    bulk = await bulks.start(library.principal, Change.REMOVE, Everything(wanted, None, 10))
    assert (bulk.documents, bulk.done, bulk.left) == (10, 0, 0)
    assert await bulks.waiting() == [bulk.id]
    await bulks.work(bulk.id)
    assert await bulks.waiting() == []
    assert len(await library.points(collection)) == 20


async def test_a_change_that_breaks_off_says_why_and_goes_on_from_there(
    library: "Library", bulks: Bulks, write: "Write", monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = await notes(library, write, *(f"n{number:02}" for number in range(30)))
    steps, deleted = library.parts.index.delete, 0

    async def broken(*place: Any, **more: Any) -> None:
        nonlocal deleted
        deleted += 1
        if deleted == 28:
            raise IndexUnavailable("L’index ne répond pas.")
        await steps(*place, **more)

    bulk = await bulks.start(library.principal, Change.REMOVE, Everything(ALL, "Notes", 30))
    with monkeypatch.context() as patch:
        patch.setattr(type(library.parts.index), "delete", lambda _, *place, **more: broken(*place, **more))
        with pytest.raises(IndexUnavailable):
            await bulks.work(bulk.id)
    half = await bulks.bulk(library.principal, bulk.id)
    assert (half.done, half.ended_at, half.problem) == (25, None, "L’index ne répond pas.")
    await bulks.work(bulk.id)
    assert (await bulks.bulk(library.principal, bulk.id)).done == 30
    assert await library.points(collection) == frozenset()


async def test_who_may_no_longer_change_a_collection_changes_nothing_of_it(
    library: "Library", bulks: Bulks, write: "Write"
) -> None:
    collection = await notes(library, write, "a")
    gina = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
    with pytest.raises(BulkNotFound):
        await bulks.bulk(gina, (await bulks.start(library.principal, Change.RETRY, [])).id)
    bulk = await bulks.start(gina, Change.REMOVE, [(collection.id, "a")])
    async with library.parts.pool.connection() as connection:
        await connection.execute("update collection set owner = '/DAJ', readers = '{/DGS}'")
    await bulks.work(bulk.id)
    assert [one.reason for one in await bulks.left(gina, bulk.id)] == [NOT_YOURS]
    assert list(await library.states(collection, "a")) == ["a"]
    stranger = replace(gina, groups=frozenset({"/X"}))
    with pytest.raises(CollectionNotFound):
        await bulks.start(stranger, Change.REMOVE, [(collection.id, "a")])


async def test_in_a_collection_that_is_reviewed_changes_wait_for_its_publication(
    library: "Library", bulks: Bulks, write: "Write"
) -> None:
    collection = await notes(library, write, "a", "b")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update collection set reviewed = true")
    assert await done(library, bulks, Change.REPEAL, "a", on=DAY) == {}
    assert await done(library, bulks, Change.REMOVE, "b") == {}
    held = await known(library, collection, "a", "b")
    assert held["a"].metadata == DocumentMetadata(held["a"].metadata.title)
    assert len(held) == 2
