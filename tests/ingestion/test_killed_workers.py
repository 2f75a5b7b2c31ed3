"""Workers killed by the kernel at each of their steps, and what the next worker makes of it."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ingestion import reception
from retrieval import DocumentState, Stored
from tests.ingestion import mortal_worker
from tests.ingestion.conftest import Library, Write
from tests.ingestion.processes import STUCK_S, process, run
from tests.ingestion.records import lines
from tests.ingestion.table_index import TableIndex
from ui.database import DatabaseSettings, Pool


async def test_after_a_kill_at_any_step_the_next_worker_leaves_exactly_the_right_points(
    pool: Pool, postgres: DatabaseSettings, tmp_path: Path, write: Write
) -> None:
    before = [write("before/a.jsonl", lines(same="Pareil.", changed="Avant.", emptied="Plein."))]
    long = "\n".join(["Après."] * 400)  # several chunks
    after = [write("after/a.jsonl", lines(same="Pareil.", changed=long, emptied=" ", new="Nouveau."))]
    after += [write("note.md", "# Note\n\nUn texte."), write("abime.pdf", "%PDF-1.4 et puis rien")]

    async def outcome(last: int | None) -> tuple[int | None, dict[str, Any]]:
        name = f"C-{uuid4()}"
        folder = tmp_path / name
        async with asyncio.timeout(STUCK_S):
            await mortal_worker.begin(postgres.url, folder, name, before)
        code = await asyncio.to_thread(run, mortal_worker.change, postgres.url, folder, name, after, last)
        assert code in (0, -signal.SIGKILL)
        async with asyncio.timeout(STUCK_S):
            return code, await mortal_worker.finish(postgres.url, folder, name, after)

    _, expected = await outcome(None)
    assert expected["blobs_agree"]
    assert {document for document, *_ in expected["points"]} == {"same", "changed", "new", str(after[1])}

    last = 1
    while True:
        code, state = await outcome(last)
        assert state == expected, f"killed at step {last}"
        if code == 0:
            break
        last += 1
    assert last > 30


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
