"""A new embedding model beside the one in use: before, while its index is filled, and after it took its place."""

import json
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion import Agreement, Reencoding, Stages, pipeline, reencoding
from retrieval import (
    Bin,
    Documents,
    Embedder,
    EncodingChanged,
    IndexInUse,
    Models,
    Search,
    Vector,
)
from tests.ingestion.mortal_worker import EVERYTHING, Cheap
from tests.ingestion.records import lines
from tests.ingestion.two_models import NEW, OLD, Two, qdrant_indexes, two

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

Write = Callable[[str, str], Path]


async def test_the_next_model_takes_the_place_of_the_one_in_use_and_nothing_is_lost_meanwhile(
    assistant: "Library", both: Two, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reencoding, "PAGE", 2)
    collection = await assistant.create("RH")
    long = "\n".join(["Un texte."] * 300)
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.", b=long, c="Trois.", d="Quatre.")))
    before = await both.found(collection.id)
    old = await both.spaces.in_use()
    assert old.embedder is OLD

    await both.succession.announce(assistant.principal)
    seen = []
    while (await both.spaces.in_use()) is old:
        progress = await both.succession.progress()
        seen.append((progress.next, progress.documents, progress.copied))
        assert await both.found(collection.id) == before
        await both.reencoding.step()

    assert (await both.spaces.in_use()).embedder is NEW
    assert await both.found(collection.id) == before
    assert seen[0] == ("new", 4, 0)
    assert ("new", 4, 2) in seen
    assert seen[-1] == ("new", 4, 4)
    await both.reencoding.step()
    assert [entry.name for entry in (tmp_path / "spaces").iterdir() if entry.name == "index"] == []
    acts = [json.loads(act) for act in await assistant.acts()]
    assert [(act["act"], act["details"]) for act in acts if act["act"].startswith("embedding.")] == [
        ("embedding.announced", {"embedding": "new", "instead_of": "old"}),
        ("embedding.switched", {"embedding": "new", "instead_of": "old"}),
    ]


async def test_what_changes_while_the_index_is_filled_is_right_in_both(
    assistant: "Library", both: Two, write: Write
) -> None:
    collection = await assistant.create("RH")
    other = await assistant.create("Paie")
    await assistant.ingest("RH", write("a.jsonl", lines(kept="Un.", changed="Deux.", gone="Trois.", bad="Quatre.")))
    await assistant.ingest("Paie", write("b.jsonl", lines(b="Cinq.")))
    await both.succession.announce(assistant.principal)
    await both.reencoding.step()
    assert (await both.succession.progress()).copied == 5

    parts = assistant.parts
    documents = Documents(parts.pool, assistant.policy, parts.catalog, parts.ledger, parts.index)
    await assistant.ingest("RH", write("a.jsonl", lines(changed="Autre.", bad=" ", new="Six.")))
    await documents.remove(assistant.principal, "RH", ["gone"])
    await documents.correct(assistant.principal, "RH", "kept", {"number": "SSAH2301234A"})
    bin_ = Bin(parts.pool, assistant.policy, parts.catalog, parts.ledger, parts.index)
    await bin_.delete(assistant.principal, "Paie")
    await bin_.erase(assistant.principal, "Paie")
    await both.finish()

    assert (await both.spaces.in_use()).embedder is NEW
    assert await both.found(collection.id, other.id) == {
        ("kept", 1, 0, "Un."),
        ("changed", 2, 0, "Autre."),
        ("new", 1, 0, "Six."),
    }
    (point,) = await (await both.spaces.in_use()).index.points(collection.id, "kept")
    assert point.metadata.number == "SSAH2301234A"
    agreement = Agreement(parts.pool, assistant.policy, parts.catalog, parts.ledger, parts.index, assistant.queue)
    assert (await agreement.check(assistant.principal)).agree


async def test_a_document_whose_new_version_waits_is_found_as_it_was_after_the_switch_too(
    assistant: "Library", both: Two, write: Write
) -> None:
    collection = await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Avant.")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "UPLOAD_DOCUMENTS", 0)  # it is an import
        await assistant.receive("RH", write("a.jsonl", lines(a="Après.")))
    await both.succession.announce(assistant.principal)
    await both.finish()
    assert await both.found(collection.id) == {("a", 1, 0, "Avant.")}
    await assistant.do_jobs()
    assert await both.found(collection.id) == {("a", 2, 0, "Après.")}


async def test_what_people_give_comes_first(assistant: "Library", both: Two, write: Write) -> None:
    await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.")))
    await both.succession.announce(assistant.principal)
    await assistant.receive("RH", write("b.jsonl", lines(b="Deux.")))
    assert not await both.reencoding.step()
    assert (await both.succession.progress()).copied == 0
    async with assistant.parts.pool.connection() as connection:
        await connection.execute("update procrastinate_jobs set status = 'succeeded'")
    assert await both.reencoding.step()
    assert (await both.succession.progress()).copied == 2


async def test_vectors_of_the_model_that_was_in_use_are_not_written_after_the_switch(
    assistant: "Library", both: Two, write: Write
) -> None:
    collection = await assistant.create("RH")
    await both.succession.announce(assistant.principal)

    class Slow(Cheap):
        """The switch comes while it works."""

        async def embed_passages(self, texts: Sequence[str]) -> Vector:
            async with assistant.parts.pool.connection() as connection:
                await connection.execute("update procrastinate_jobs set status = 'failed' where task_name = 'read'")
            await both.finish()
            return await super().embed_passages(texts)

    old = await both.spaces.in_use()
    object.__setattr__(old, "embedder", Slow(OLD.name, OLD.dimension))
    await assistant.receive("RH", write("a.jsonl", lines(a="Un.")))
    (job,) = await assistant.jobs()
    with pytest.raises(EncodingChanged):
        await Stages(assistant.parts).do(job, 0)
    assert await both.found(collection.id) == set()
    await Stages(assistant.parts).do(job, 1)
    assert await both.found(collection.id) == {("a", 1, 0, "Un.")}


async def test_a_search_that_began_before_the_switch_ends_in_the_space_in_which_it_began(
    assistant: "Library", both: Two, write: Write
) -> None:
    parts = assistant.parts
    await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Le congé.")))
    await both.succession.announce(assistant.principal)
    reencoding = Reencoding(
        pool=parts.pool,
        catalog=parts.catalog,
        ledger=parts.ledger,
        queue=assistant.queue,
        spaces=both.spaces,
        principal=assistant.principal,
    )

    class Switching(Cheap):
        async def embed_query(self, text: str) -> Vector:
            while await reencoding.step() or (await both.succession.progress()).next:
                continue
            return await super().embed_query(text)

    old = await both.spaces.in_use()
    object.__setattr__(old, "embedder", Switching(OLD.name, OLD.dimension))
    search = Search(parts.pool, assistant.policy, parts.catalog, parts.ledger, both.spaces, parts.sparse, EVERYTHING)
    for model in ("old", "new"):
        found = await search.find_documents(assistant.principal, "congé")
        assert ([one.document_id for one in found.passages], found.embedding) == (["a"], model)


async def test_a_process_that_does_not_work_closes_the_model_whose_index_another_removed(
    assistant: "Library", both: Two, write: Write, tmp_path: Path
) -> None:
    closed = []

    @asynccontextmanager
    async def opening(model: Embedder) -> AsyncIterator[Embedder]:
        yield model
        closed.append(model.name)

    named = Models(OLD.name, NEW.name, {model.name: partial(opening, model) for model in (OLD, NEW)})
    await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.")))
    async with two(assistant.parts.pool, tmp_path / "elsewhere", assistant.queue, named) as other:
        await both.succession.announce(assistant.principal)
        await other.reencoding.prepare()
        assert await both.spaces.in_use() is not await other.spaces.in_use()
        while (await both.spaces.row_in_use()).embedding != NEW.name:
            await both.reencoding.step()
        await other.reencoding.prepare()
        assert closed == []  # for searches that began before
        await both.reencoding.step()
        await other.reencoding.prepare()
        assert closed == [OLD.name]
        assert (await other.spaces.in_use()).embedder is NEW


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
@pytest.mark.parametrize("url", [":memory:", *filter(None, [os.environ.get("ASSISTANT_QDRANT")])])
async def test_the_same_on_qdrant(library: "Library", write: Write, tmp_path: Path, url: str) -> None:
    indexes = qdrant_indexes(url)
    async with two(library.parts.pool, tmp_path, library.queue, indexes=indexes) as both:
        parts = replace(library.parts, spaces=both.spaces, index=IndexInUse(both.spaces))
        collection = await library.create("RH")
        await library.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.")), parts=parts)
        before = await both.found(collection.id)
        await both.succession.announce(library.principal)
        await both.finish()
        assert (await both.spaces.in_use()).embedder is NEW
        assert await both.found(collection.id) == before == {("a", 1, 0, "Un."), ("b", 1, 0, "Deux.")}
        assert await indexes.points("never there") is None
        await indexes.remove("never there")
