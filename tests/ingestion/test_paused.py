"""What is paused takes no document by any way, what is deleted none either, and what was received before is read."""

from collections.abc import Sequence
from contextlib import suppress

import pytest

from ingestion.intake import FileIntake
from ingestion.reception import Reception
from ingestion.sources.errors import SourceNotFound
from retrieval import (
    Bin,
    CollectionChanges,
    CollectionNotFound,
    CollectionPaused,
    DocumentState,
)
from retrieval.index import Vector
from tests.ingestion.conftest import Library, Remembering, Write
from tests.ingestion.following import Following
from tests.ingestion.records import lines


def changes(library: Library) -> CollectionChanges:
    parts = library.parts
    return CollectionChanges(parts.pool, library.policy, parts.catalog, parts.ledger)


def the_bin(library: Library) -> Bin:
    parts = library.parts
    return Bin(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index)


async def test_an_import_into_a_paused_collection_is_refused_and_one_into_a_resumed_goes_on(
    library: Library, write: Write
) -> None:
    collection = await library.create("RH")
    note = write("note.md", "Trois jours.")
    await changes(library).pause(library.principal, "RH")
    with pytest.raises(CollectionPaused, match="en pause"):
        await library.receive("RH", note)
    assert await library.jobs() == []
    assert await library.states(collection, str(note)) == {}
    await changes(library).resume(library.principal, "RH")
    assert (await library.ingest("RH", note)).added == 1


async def test_what_was_received_before_the_pause_is_read(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    note = write("note.md", "Trois jours.")
    await library.receive("RH", note)
    await changes(library).pause(library.principal, "RH")
    await library.do_jobs()
    assert (await library.states(collection, str(note)))[str(note)][1] is DocumentState.INDEXED


async def test_an_import_that_is_under_way_stops_at_the_pause(library: Library, write: Write) -> None:
    collection, parts = await library.create("RH"), library.parts
    reception = Reception(parts.pool, parts.catalog, parts.ledger, parts.blobs, library.queue, parts.reader)
    paths = [write(f"{number}.md", f"Article {number}.") for number in range(40)]
    files = [FileIntake(path.name, path.name, path, 1_000) for path in paths]
    receiving = reception.receive(library.principal, collection, files)
    while (await anext(receiving)).job is None:
        continue
    await changes(library).pause(library.principal, "RH")
    with pytest.raises(CollectionPaused):
        async for _ in receiving:
            pass
    await library.do_jobs()
    assert len(await library.points(collection)) == 16  # the batch that was received


async def test_a_source_of_a_paused_collection_rests_and_says_why(follows: Following) -> None:
    library, sources, name = follows.library, follows.sources(), follows.name
    assert await sources.due() == []
    await sources.reschedule(library.principal, name, 5)
    assert [(one.name, one.every_minutes) for one in await sources.due()] == [(name, 5)]
    assert b'"before":null' in (await library.acts())[-1]
    for act in (changes(library).pause, the_bin(library).delete):
        await act(library.principal, follows.collection.name)
        assert await sources.due() == []
    with pytest.raises(SourceNotFound):  # while it lies in the bin
        await follows.sync()
    await the_bin(library).recover(library.principal, follows.collection.name)
    with pytest.raises(CollectionPaused):
        await follows.sync()
    await changes(library).resume(library.principal, follows.collection.name)
    assert [one.name for one in await sources.due()] == [name]
    await sources.reschedule(library.principal, name, None)
    assert await sources.due() == []
    assert [one.name for one in await sources.of_collection(library.principal, follows.collection.id)] == [name]


async def test_an_import_into_what_is_deleted_meanwhile_stops_and_recovery_finds_what_was_received(
    library: Library, write: Write
) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines(**{f"r{number}": f"Article {number}." for number in range(100)}))
    bin_ = the_bin(library)

    class Interrupted(Remembering):
        async def embed_passages(self, texts: Sequence[str]) -> Vector:
            with suppress(CollectionNotFound):  # at the second call it is gone
                await bin_.delete(library.principal, "RH")
            return await super().embed_passages(texts)

    await library.receive("RH", path)
    await library.do_jobs(parts=library.embedding(Interrupted(library.embedder)))
    with pytest.raises(CollectionNotFound):
        await library.receive("RH", path)
    assert (await bin_.recover(library.principal, "RH")).id == collection.id
    assert len(await library.points(collection)) == 100
