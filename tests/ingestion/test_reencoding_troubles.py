"""What stands in the way of the next embedding model, and what becomes of it."""

import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from ingestion import Agreement, Stages
from ingestion import reencoding_queries as queries
from ingestion.delays import ATTEMPTS
from ingestion.lost_model import replace_lost_model
from policies import Principal, Refused, Role
from retrieval import (
    DocumentMetadata,
    DocumentState,
    IndexInUse,
    Models,
    ModelUnknown,
    SpaceTable,
)
from tests.ingestion.mortal_worker import Cheap
from tests.ingestion.records import lines
from tests.ingestion.steps import Steps
from tests.ingestion.two_models import NEW, OLD, Two, edge_indexes, models, two

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

Write = Callable[[str, str], Path]


async def test_an_index_that_is_not_whole_is_not_replaced_before_it_is_repaired(
    assistant: "Library", both: Two, write: Write
) -> None:
    parts, collection = assistant.parts, await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.")))
    await parts.index.delete(collection.id, "a")
    await both.succession.announce(assistant.principal)
    while await both.reencoding.step():
        continue
    assert "assistant doctor --index --repair" in (await both.succession.progress()).problem
    agreement = Agreement(parts.pool, assistant.policy, parts.catalog, parts.ledger, parts.index, assistant.queue)
    await agreement.repair(assistant.principal)
    async with assistant.working():
        await both.finish()
    assert await both.found(collection.id) == {("a", 1, 0, "Un."), ("b", 1, 0, "Deux.")}
    assert (await both.succession.progress()).problem == ""


async def test_what_the_next_index_loses_is_copied_again_before_the_switch(
    assistant: "Library", both: Two, write: Write
) -> None:
    collection = await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.")))
    await both.succession.announce(assistant.principal)
    await both.reencoding.step()
    async with assistant.parts.pool.connection() as connection:
        row = await SpaceTable().next(connection)
    assert row is not None
    new = (await both.spaces.opened(row)).index
    (stray,) = await new.points(collection.id, "b")
    await new.delete(collection.id, "a")
    await new.upsert([replace(stray, id=uuid4(), document_id="nobody's")])
    await both.finish()
    assert await both.found(collection.id) == {("a", 1, 0, "Un."), ("b", 1, 0, "Deux.")}
    assert await new.count(frozenset({collection.id})) == 2


async def test_who_writes_when_all_is_ready_is_waited_for(
    assistant: "Library", both: Two, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LOCK_ALL", queries.LOCK_ALL.replace("2s", "10ms"))
    parts, collection = assistant.parts, await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.")))
    await both.succession.announce(assistant.principal)
    while (await both.succession.progress()).copied == 0:
        await both.reencoding.step()
    async with parts.pool.connection() as connection:
        await parts.catalog.correct(connection, collection.id, "a", {"title": "Autre"})
        await parts.index.describe(collection.id, "a", DocumentMetadata("Autre"))
        while await both.reencoding.step():
            continue
        assert (await both.spaces.in_use()).embedder is OLD
    await both.finish()
    (point,) = await parts.index.points(collection.id, "a")
    assert ((await both.spaces.in_use()).embedder, point.metadata.title) == (NEW, "Autre")


async def test_the_next_model_can_be_given_up_and_another_be_named(
    assistant: "Library", both: Two, write: Write, tmp_path: Path
) -> None:
    parts, collection = assistant.parts, await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.")))
    await both.succession.announce(assistant.principal)
    await both.reencoding.step()
    with pytest.raises(Refused):
        await both.succession.abandon(Principal("s", "agent", frozenset(), frozenset({Role.AGENT})))
    assert await both.succession.abandon(assistant.principal) == "new"
    assert await both.succession.abandon(assistant.principal) == ""
    assert not await both.reencoding.step()
    assert [index.name for index in (tmp_path / "spaces").iterdir()] == ["index"]

    await both.succession.announce(assistant.principal)
    await both.spaces.close()
    third = Cheap("third", 16)
    async with two(parts.pool, tmp_path / "spaces", assistant.queue, models(OLD, third)) as others:
        await others.succession.announce(assistant.principal)
        while await others.reencoding.step():
            continue
        assert (await others.spaces.in_use()).embedder is third
        assert await others.found(collection.id) == {("a", 1, 0, "Un.")}
    acts = [json.loads(act)["act"] for act in await assistant.acts()]
    assert [act for act in acts if act.startswith("embedding.")] == [
        *("embedding.announced", "embedding.abandoned", "embedding.announced", "embedding.abandoned"),
        *("embedding.announced", "embedding.switched"),
    ]


async def test_who_names_another_model_as_the_next_one_takes_its_place_is_no_deadlock(
    assistant: "Library", both: Two
) -> None:
    pool, table = assistant.parts.pool, SpaceTable()
    await both.succession.announce(assistant.principal)
    waiting = "select count(*) from pg_locks where not granted and relation = 'vector_space'::regclass"

    async def switch(to: int) -> object:
        async with pool.connection() as connection:
            return await table.switch(connection, to)

    async with pool.connection() as connection, pool.connection() as looking:
        await table.lock(connection)
        row = await table.next(connection)
        assert row is not None
        switching = asyncio.create_task(switch(row.id))
        while await (await looking.execute(waiting)).fetchone() != (1,):
            continue
        await table.abandon(connection)
        await connection.commit()
    assert await switching is None


async def test_a_process_that_does_not_know_the_model_in_use_does_nothing_and_says_what_to_change(
    assistant: "Library", both: Two, write: Write, tmp_path: Path
) -> None:
    await assistant.create("RH")
    async with two(assistant.parts.pool, tmp_path / "elsewhere", assistant.queue, models(OLD, None)) as other:
        await both.succession.announce(assistant.principal)
        assert not await other.reencoding.step()
        assert not (await other.succession.progress()).named
        await both.finish()
        with pytest.raises(ModelUnknown, match=r"new.*ASSISTANT_EMBEDDING"):
            await other.spaces.in_use()


@pytest.mark.parametrize(
    ("following", "lost", "named", "in_use"),
    [
        (None, True, models(NEW, None), "new"),
        (NEW, True, models(NEW, None), "new"),
        (NEW, True, models(), "old"),
        (None, False, models(NEW, None), "old"),
    ],
)
async def test_a_model_that_is_lost_with_its_index_leaves_its_place_to_the_current_one(
    assistant: "Library",
    both: Two,
    write: Write,
    tmp_path: Path,
    following: Cheap | None,
    lost: bool,
    named: Models,
    in_use: str,
) -> None:
    parts, folder, collection = assistant.parts, tmp_path / "spaces", await assistant.create("RH")
    await assistant.ingest("RH", write("a.jsonl", lines(a="Un.")))
    if following is not None:
        await both.succession.announce(assistant.principal)
        await both.reencoding.step()
    await both.spaces.close()
    if lost:
        shutil.rmtree(folder)
    indexes = edge_indexes(folder, Steps(None))
    for _ in range(2):  # as each start does
        await replace_lost_model(parts.pool, named, indexes, parts.catalog, parts.ledger, assistant.principal)
    assert (await both.spaces.row_in_use()).embedding == in_use
    states = await assistant.states(collection, "a")
    acts = [json.loads(act) for act in await assistant.acts()]
    switched = [act["details"] for act in acts if act["act"] == "embedding.switched"]
    if in_use == "old":
        assert (states["a"][1], switched) == (DocumentState.INDEXED, [])
        return
    assert switched == [{"embedding": "new", "instead_of": "old", "index": "lost"}]
    assert states["a"][1] == DocumentState.PENDING
    async with two(parts.pool, folder, assistant.queue, named) as anew:
        assert (await anew.succession.progress()).next == ""
        anew_parts = replace(parts, spaces=anew.spaces, index=IndexInUse(anew.spaces))
        await assistant.ingest("RH", write("a.jsonl", lines(a="Un.")), parts=anew_parts)
        assert await anew.found(collection.id) == {("a", 1, 0, "Un.")}
        while await anew.reencoding.step():
            continue
    async with parts.pool.connection() as connection:
        assert await SpaceTable().left(connection, 0) == []


@pytest.mark.parametrize("attempts", [0, ATTEMPTS - 1, ATTEMPTS])
async def test_a_worker_that_does_not_know_the_model_in_use_ends_and_uses_up_no_attempt(
    assistant: "Library", both: Two, write: Write, tmp_path: Path, attempts: int
) -> None:
    collection = await assistant.create("RH")
    async with two(assistant.parts.pool, tmp_path / "elsewhere", assistant.queue, models(OLD, None)) as other:
        await both.succession.announce(assistant.principal)
        await both.finish()
        await assistant.receive("RH", write("a.jsonl", lines(a="Un.")))
        async with assistant.parts.pool.connection() as connection:
            await connection.execute("update procrastinate_jobs set attempts = %s where task_name = 'read'", [attempts])
        stale = replace(assistant.parts, spaces=other.spaces, index=IndexInUse(other.spaces))
        with pytest.raises(ModelUnknown):
            await asyncio.wait_for(assistant.queue.work(Stages(stale).do, concurrency=1), timeout=30)
    async with assistant.parts.pool.connection() as connection:
        job = "select status, attempts from procrastinate_jobs where task_name = 'read'"
        assert await (await connection.execute(job)).fetchall() == [("todo", attempts)]
        (delay,) = await (await connection.execute("select delay from received")).fetchall()
    assert "ASSISTANT_EMBEDDING" in delay[0]
    (version, state, _) = (await assistant.states(collection, "a"))["a"]
    assert (version, state) == (1, DocumentState.PENDING)
