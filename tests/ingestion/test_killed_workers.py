"""Workers killed by the kernel at each of their steps, and what the next worker makes of it."""

import asyncio
import json
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo

from ingestion import reception
from retrieval import DocumentState, Stored
from tests.ingestion import mortal_worker
from tests.ingestion.conftest import Library, Write
from tests.ingestion.processes import STUCK_S, process, run_beside
from tests.ingestion.records import lines
from tests.ingestion.table_index import TableIndex
from ui.database import DatabaseSettings
from ui.migrations import migrate

# A database of a first import, of which each worker has a copy; a few of them work, and die, at once.
BEGUN = "begun"
AT_ONCE = 3


async def test_after_a_kill_at_any_step_the_next_worker_leaves_exactly_the_right_points(
    postgres: DatabaseSettings, tmp_path: Path, write: Write
) -> None:
    before = [write("before/a.jsonl", lines(same="Pareil.", changed="Avant.", emptied="Plein."))]
    long = "\n".join(["Après."] * 400)  # several chunks
    after = [write("after/a.jsonl", lines(same="Pareil.", changed=long, emptied=" ", new="Nouveau."))]
    after += [write("note.md", "# Note\n\nUn texte."), write("abime.pdf", "%PDF-1.4 et puis rien")]

    async def outcomes(*last: int | None) -> list[tuple[int | None, dict[str, Any]]]:
        folders = [tmp_path / f"killed-{one}" for one in last]
        async with AsyncExitStack() as stack:
            urls = [await stack.enter_async_context(copied(postgres, BEGUN)) for _ in last]
            for folder in folders:
                shutil.copytree(tmp_path / BEGUN, folder)
            places = list(zip(urls, folders, strict=True))
            work = [(mortal_worker.change, *place, "RH", after, one) for place, one in zip(places, last, strict=True)]
            codes = await asyncio.to_thread(run_beside, *work)
            assert set(codes) <= {0, -signal.SIGKILL}
            async with asyncio.timeout(STUCK_S):
                finishing = (mortal_worker.finish(*place, "RH", after) for place in places)
                states = await asyncio.gather(*finishing)
        for folder in folders:
            shutil.rmtree(folder)
        return list(zip(codes, states, strict=True))

    async with copied(postgres, "template0", BEGUN) as url:
        await migrate(url, application=url)
        await mortal_worker.begin(url, tmp_path / BEGUN, "RH", before)
        [(_, expected)] = await outcomes(None)
        assert expected["blobs_agree"]
        assert {document for document, *_ in expected["points"]} == {"same", "changed", "new", str(after[1])}

        last, survived = 0, False
        while not survived:
            some = range(last + 1, last + 1 + AT_ONCE)
            for last, (code, state) in zip(some, await outcomes(*some), strict=True):
                assert state == expected, f"killed at step {last}"
                survived = survived or code == 0
    assert last > 30


@asynccontextmanager
async def copied(postgres: DatabaseSettings, of: str, name: str = "") -> AsyncIterator[str]:
    """The address of a copy of that database, to which nobody may be connected."""
    name = name or f"copy_{uuid4().hex}"
    copying = sql.SQL("create database {} template {} strategy file_copy").format(
        sql.Identifier(name), sql.Identifier(of)
    )
    async with await AsyncConnection.connect(postgres.url, autocommit=True) as connection:
        await connection.execute(copying)
        try:
            yield make_conninfo(postgres.url, dbname=name)
        finally:
            await connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


async def test_two_workers_share_the_jobs_and_one_does_those_of_the_other_that_was_killed(
    library: Library, postgres: DatabaseSettings, tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "BATCH_DOCUMENTS", 4)
    index = TableIndex(library.parts.pool)
    await index.prepare()
    collection = await library.create("RH")
    ids = [f"r{n:03}" for n in range(80)]
    await library.receive("RH", write("a.jsonl", lines(**{one: f"Texte {one}." for one in ids})))
    told = [tmp_path / "first", tmp_path / "second"]
    # The second is killed in its third batch, between its points and the word that they are there.
    workers = [
        process(mortal_worker.work_beside, postgres.url, str(tmp_path / "blobs"), str(path), last)
        for path, last in zip(told, (None, 3), strict=True)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        await asyncio.to_thread(worker.join)

    assert [worker.exitcode for worker in workers] == [0, -signal.SIGKILL]
    assert {state for _, state, _ in (await library.states(collection, *ids)).values()} == {DocumentState.INDEXED}
    assert sorted([one async for one in index.stored()], key=lambda one: one.document_id) == [
        Stored(collection.id, one, 1, 0) for one in ids
    ]
    acts = [json.loads(act) for act in await library.acts()]
    indexed = [act["details"]["document_id"] for act in acts if act["act"] == "document.indexed"]
    assert sorted(indexed) == ids
    assert int(told[0].read_text()) > 0
