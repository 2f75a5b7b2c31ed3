"""After an update of the assistant: an index of the version before is made anew by itself, from the points it has."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion import Stages
from retrieval import (
    EdgeSettings,
    Encoding,
    Index,
    Indexes,
    IndexInUse,
    IndexOutdated,
    SpaceTable,
    Within,
    edge_points,
    open_edge,
    remove_edge,
)
from retrieval.encoding import LAYOUT
from retrieval.index import Respect, Wanted
from tests.ingestion.records import lines
from tests.ingestion.two_models import NEW, OLD, Two, two

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

Write = Callable[[str, str], Path]


def indexes(folder: Path, layout: int) -> Indexes:
    """Of the embedded engine, as a version of the assistant with that layout has them."""

    def path(place: str) -> Path:
        return folder / f"index{place}"

    @asynccontextmanager
    async def opened(place: str, encoding: Encoding) -> AsyncIterator[Index]:
        async with open_edge(EdgeSettings(path(place), replace(encoding, layout=layout))) as index:
            yield index

    return Indexes(opened, lambda place: remove_edge(path(place)), lambda place: edge_points(path(place)))


@pytest.fixture
async def updated(library: "Library", tmp_path: Path, write: Write) -> AsyncIterator[tuple["Library", Two]]:
    """The assistant after an update, with two documents that the version before had indexed."""
    parts, folder = library.parts, tmp_path / "spaces"
    async with two(parts.pool, folder, library.queue, indexes=indexes(folder, LAYOUT - 1)) as before:
        at_work = replace(parts, spaces=before.spaces, index=IndexInUse(before.spaces))
        assistant = replace(library, parts=at_work, embedder=OLD)
        await assistant.create("RH")
        await assistant.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.")))
    async with two(parts.pool, folder, library.queue, indexes=indexes(folder, LAYOUT)) as after:
        at_work = replace(parts, spaces=after.spaces, index=IndexInUse(after.spaces))
        yield replace(assistant, parts=at_work), after


async def found(assistant: "Library", both: Two) -> set[tuple[str, str]]:
    async with assistant.parts.pool.connection() as connection:
        held = await assistant.parts.catalog.collections(connection)
    return {(document, text) for document, _, _, text in await both.found(*(one.id for one in held))}


async def renew(both: Two) -> None:
    while await both.reencoding.step() or (await both.spaces.in_use()).index.outdated:
        continue


async def test_the_index_is_refused_then_made_anew_with_the_same_model_and_found_in_again(
    updated: tuple["Library", Two], tmp_path: Path
) -> None:
    assistant, both = updated
    with pytest.raises(IndexOutdated):
        await found(assistant, both)
    await both.succession.announce(assistant.principal)
    progress = await both.succession.progress()
    assert (progress.in_use, progress.next, progress.documents) == ("old", "old", 2)
    await renew(both)
    assert await found(assistant, both) == {("a", "Un."), ("b", "Deux.")}
    await both.reencoding.step()
    assert not (tmp_path / "spaces" / "index").exists()
    acts = [json.loads(act) for act in await assistant.acts()]
    switched = [act["details"] for act in acts if act["act"] == "embedding.switched"]
    assert switched == [{"embedding": "old", "instead_of": "old"}]


async def test_the_first_chunk_of_each_document_has_its_words_in_the_new_index(
    updated: tuple["Library", Two], write: Write
) -> None:
    assistant, both = updated
    await both.succession.announce(assistant.principal)
    await renew(both)
    long = "\n".join([*["Un texte."] * 300, "Le congé."])
    await assistant.ingest("RH", write("c.jsonl", lines(c=long)))
    index = (await both.spaces.in_use()).index
    async with assistant.parts.pool.connection() as connection:
        (held,) = await assistant.parts.catalog.collections(connection)
    for document, text in (("b", "Deux."), ("c", long)):  # made anew, and imported
        first, *others = sorted(await index.points(held.id, document), key=lambda point: point.chunk.ordinal)
        assert first.document is not None
        words = assistant.parts.sparse.whole(first.metadata.title, [one.chunk for one in (first, *others)])
        assert set(first.document.whole.indices) == set(words.whole.indices)
        assert set(assistant.parts.sparse.query(text).indices) <= set(first.document.whole.indices)
        assert [one.document for one in others] == [None] * len(others)
    wanted = [Wanted(Respect.WHOLE, assistant.parts.sparse.query("congé deux"), 10)]
    (listed,) = await index.lists(wanted, within=Within(frozenset({held.id})))
    assert {one.document_id for one in listed} == {"b", "c"}


async def test_announcing_again_changes_nothing_and_it_cannot_be_given_up(updated: tuple["Library", Two]) -> None:
    assistant, both = updated
    await both.succession.announce(assistant.principal)
    await both.reencoding.step()
    await both.succession.announce(assistant.principal)
    assert (await both.succession.progress()).copied == 2
    assert await both.succession.abandon(assistant.principal) == ""
    await renew(both)
    await both.succession.announce(assistant.principal)
    assert (await both.succession.progress()).next == NEW.name  # which the settings name, and which had to wait


async def test_uploads_wait_for_the_new_index_and_are_found_in_it(updated: tuple["Library", Two], write: Write) -> None:
    assistant, both = updated
    await assistant.receive("RH", write("b.jsonl", lines(c="Trois.")))
    (job,) = await assistant.jobs()
    with pytest.raises(IndexOutdated):
        await Stages(assistant.parts).do(job, 0)
    await both.succession.announce(assistant.principal)
    await renew(both)
    await Stages(assistant.parts).do(job, 1)
    assert await found(assistant, both) == {("a", "Un."), ("b", "Deux."), ("c", "Trois.")}


async def test_a_next_index_that_the_version_before_had_begun_is_begun_anew(
    updated: tuple["Library", Two], tmp_path: Path
) -> None:
    assistant, both = updated
    async with assistant.parts.pool.connection() as connection:
        await SpaceTable().announce(connection, "begun", OLD.name)
    async with indexes(tmp_path / "spaces", LAYOUT - 1).open("begun", Encoding(OLD.name, OLD.dimension)):
        pass
    await both.succession.announce(assistant.principal)
    await renew(both)
    assert await found(assistant, both) == {("a", "Un."), ("b", "Deux.")}
