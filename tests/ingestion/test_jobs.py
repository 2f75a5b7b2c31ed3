"""Jobs: whose turn it is, what keeps them from being done, stopping them, having them tried again."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingestion import JobNotFound, Jobs, JobState, Stages, Summary, pipeline, reception
from ingestion.delays import ATTEMPTS, wait_after
from policies import Principal, Refused, Role
from retrieval import DocumentState, IndexUnavailable, Vector
from tests.ingestion import records
from tests.ingestion.conftest import Remembering

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

Write = Callable[[str, str], Path]


def lines(*ids: str) -> str:
    return records.lines(**{one: f"Texte {one[-1]}." for one in ids})


@pytest.fixture
def jobs(library: "Library") -> Jobs:
    parts = library.parts
    return Jobs(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index, library.queue)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "BATCH_DOCUMENTS", 2)
    monkeypatch.setattr(pipeline, "UPLOAD_DOCUMENTS", 1)


async def acts(library: "Library", *names: str) -> list[dict[str, Any]]:
    """Details of the records of these acts."""
    bodies = [json.loads(body) for body in await library.acts()]
    return [body["details"] for body in bodies if body["act"] in names]


async def served(library: "Library") -> list[str]:
    """The first document of each waiting job, those whose turn it is first."""
    async with library.parts.pool.connection() as connection:
        rows = await (await connection.execute("select job_id, min(document_id) from received group by 1")).fetchall()
    first = dict(rows)
    return [first[job] for job in await library.jobs()]


@pytest.mark.usefixtures("small_batches")
async def test_a_small_import_takes_turns_with_a_large_one_and_an_upload_comes_first(
    library: "Library", write: Write
) -> None:
    await library.create("RH")
    await library.receive("RH", write("large.jsonl", lines(*(f"large{n:02}" for n in range(12)))))
    await library.receive("RH", write("small.jsonl", lines(*(f"small{n:02}" for n in range(4)))))
    await library.receive("RH", write("upload.jsonl", lines("upload")))
    order = ["upload", "large00", "small00", "large02", "small02", "large04", "large06", "large08", "large10"]
    assert await served(library) == order


@pytest.mark.usefixtures("small_batches")
async def test_a_later_import_does_not_overtake_what_waited_longer(library: "Library", write: Write) -> None:
    await library.create("RH")
    await library.receive("RH", write("first.jsonl", lines(*(f"first{n:02}" for n in range(8)))))
    for job in (await library.jobs())[:2]:  # a worker has come so far
        async with library.parts.pool.connection() as connection:
            await connection.execute("delete from procrastinate_jobs where id = %s", [job])
    await library.receive("RH", write("later.jsonl", lines(*(f"later{n:02}" for n in range(8)))))
    assert await served(library) == [
        *("first04", "later00", "first06", "later02", "later04", "later06"),
    ]


async def test_a_cancelled_job_is_not_begun_and_can_be_tried_again(
    library: "Library", jobs: Jobs, write: Write
) -> None:
    collection = await library.create("RH")
    await library.receive("RH", write("a.jsonl", lines("a", "b")))
    (job,) = await library.jobs()

    assert await jobs.cancel(library.principal, job) == 2

    assert await library.jobs() == []
    assert {state for _, state, _ in (await library.states(collection, "a", "b")).values()} == {DocumentState.FAILED}
    (one, _) = await jobs.page(library.principal, "RH", JobState.FAILED)
    assert "annulée" in one.reason
    (cancelled,) = await acts(library, "job.cancelled")
    assert cancelled.pop("rules")
    assert cancelled == {"collection_id": str(collection.id), "documents": 2, "job": job}

    assert await jobs.retry(library.principal, job) == 2
    await library.do_jobs()
    assert len(await library.points(collection)) == 2
    assert [one["documents"] for one in await acts(library, "job.retried")] == [2]


class Halting(Remembering):
    """Says when it was called, and then waits for ever."""

    def __init__(self, embedder: Any) -> None:
        super().__init__(embedder)
        self.called = asyncio.Event()

    async def embed_passages(self, texts: Sequence[str]) -> Vector:
        self.called.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_a_job_that_is_cancelled_in_its_midst_leaves_no_points(
    library: "Library", jobs: Jobs, write: Write
) -> None:
    collection = await library.create("RH")
    await library.ingest("RH", write("a.jsonl", lines("a")))
    await library.receive("RH", write("a.jsonl", lines("a").replace("Texte", "Autre")))
    (job,) = await library.jobs()
    halting = Halting(library.embedder)
    async with library.working(library.embedding(halting)):
        await halting.called.wait()
        assert [one.state for one in await jobs.page(library.principal, "RH")] == [JobState.RUNNING]
        assert await jobs.cancel(library.principal, job) == 1
        await ended(library, job)
    assert await library.points(collection) == frozenset()
    async with library.working():
        assert await jobs.retry_failed(library.principal, "RH") == 1
        await library.ingest("RH", write("a.jsonl", lines("a").replace("Texte", "Autre")))
    assert await library.points(collection) == {("a", 2, 0, "Autre a.")}


async def ended(library: "Library", job: int) -> None:
    """Wait until the worker has let go of the job."""
    query = "select status from procrastinate_jobs where id = %s"
    status: tuple[str] | None = ("doing",)
    while status == ("doing",):
        async with library.parts.pool.connection() as connection:
            status = await (await connection.execute(query, [job])).fetchone()


class Away:
    """An index that refuses."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_: Any, **__: Any) -> None:
            raise IndexUnavailable("L’index ne répond pas.")

        return refuse if name in {"upsert", "settle"} else getattr(self._index, name)


async def test_what_an_absent_index_delays_is_shown_with_its_next_try_and_done_when_it_is_back(
    library: "Library", jobs: Jobs, write: Write
) -> None:
    collection = await library.create("RH")
    await library.receive("RH", write("a.jsonl", lines("a")))
    (job,) = await library.jobs()
    parts = replace(library.parts, index=Away(library.parts.index))
    async with library.working(parts):
        while not (delayed := await jobs.page(library.principal, "RH", JobState.WAITING)) or not delayed[0].next_try:
            continue
    (one,) = delayed
    assert (one.job, one.attempts, one.reason) == (job, 1, "L’index ne répond pas.")
    assert await library.points(collection) == frozenset()

    assert await jobs.retry(library.principal, job) == 1
    await library.do_jobs()
    assert len(await library.points(collection)) == 1


def test_each_wait_is_twice_as_long_up_to_a_quarter_of_an_hour() -> None:
    waits = [wait_after(attempts) for attempts in range(ATTEMPTS)]
    assert waits[:3] == [5, 10, 20]
    assert waits[-1] == 900


async def test_after_the_last_attempt_what_is_left_has_failed_and_importing_it_again_tries_again(
    library: "Library", write: Write
) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines("a"))
    await library.receive("RH", path)
    (job,) = await library.jobs()
    parts = replace(library.parts, index=Away(library.parts.index))
    with pytest.raises(IndexUnavailable):
        await Stages(replace(parts)).do(job, ATTEMPTS - 2)
    assert (await library.states(collection, "a"))["a"][1] is DocumentState.PENDING
    await Stages(library.parts).do(job, ATTEMPTS)
    assert (await library.states(collection, "a"))["a"][1] is DocumentState.FAILED

    summary: Summary = await library.ingest("RH", path)

    assert (summary.added, summary.failed) == (1, [])
    assert len(await library.points(collection)) == 1


async def test_a_document_that_always_fails_does_not_keep_the_others_of_its_batch_out(
    library: "Library", write: Write
) -> None:
    class Choosy(Remembering):
        async def embed_passages(self, texts: Sequence[str]) -> Vector:
            if any("b" in text for text in texts):
                raise MemoryError
            return await super().embed_passages(texts)

    collection = await library.create("RH")
    await library.receive("RH", write("a.jsonl", lines("a", "b", "c")))
    (job,) = await library.jobs()
    stages = Stages(library.embedding(Choosy(library.embedder)))
    for attempts in range(2):
        with pytest.raises(MemoryError):
            await stages.do(job, attempts)
    assert {document for document, *_ in await library.points(collection)} == {"a", "c"}


async def test_the_job_of_a_worker_that_fell_silent_is_taken_up_again(library: "Library", write: Write) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines("a"))
    await library.receive("RH", path)
    (job,) = await library.jobs()
    async with library.parts.pool.connection() as connection:
        await connection.execute(
            "with dead as (insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 h')"
            " returning id) update procrastinate_jobs set status = 'doing', worker_id = dead.id from dead"
            " where procrastinate_jobs.id = %s",
            [job],
        )
    async with library.working():
        while (await library.states(collection, "a"))["a"][1] is DocumentState.PENDING:
            continue
    assert len(await library.points(collection)) == 1


async def test_jobs_are_for_those_who_may_add_to_their_collection(
    library: "Library", jobs: Jobs, write: Write, agent: Principal
) -> None:
    await library.create("RH")
    await library.receive("RH", write("a.jsonl", lines("a")))
    (job,) = await library.jobs()
    stranger = Principal("s-auditeur", "auditeur", frozenset(), frozenset({Role.AUDITEUR}))
    assert await jobs.page(agent) == []
    for act in (jobs.cancel, jobs.retry):
        with pytest.raises(Refused):
            await act(agent, job)
        with pytest.raises(JobNotFound):
            await act(stranger, job)
        with pytest.raises(JobNotFound):
            await act(library.principal, job + 1)
    assert await library.jobs() == [job]
    assert len(await acts(library, "access.refused")) == 4
