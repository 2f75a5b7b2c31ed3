"""The list of jobs: whose one sees, what narrows and orders it, one job with its documents, what failed."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from ingestion import JobNotFound, JobState, job_list
from ingestion.job_list import JobFilter, JobList, JobOrder, ListedJob
from ingestion.queue import open_queue
from policies import Act, CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import Catalog, Collection, CollectionNotFound
from tests.ingestion.job_rows import job
from ui.database import Pool

GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
GINA = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))


@pytest.fixture
async def jobs(pool: Pool, policy: CedarPolicy) -> Any:
    async with open_queue(pool) as queue:
        yield JobList(pool, policy, Catalog(), PostgresLedger(), queue)


async def create(pool: Pool, name: str, owner: str = "/DAJ") -> Collection:
    async with pool.connection() as connection:
        return await Catalog().create_collection(connection, name, owner=owner, readers=frozenset({owner}))


@pytest.fixture
async def notes(pool: Pool) -> Collection:
    """Five jobs: found, failed, at work, waiting, set aside."""
    notes = await create(pool, "Notes")
    await job(pool, notes.id, 1, "indexed", "indexed")
    await job(pool, notes.id, 2, "failed", "indexed", reason="Fichier protégé par un mot de passe. Ôtez-le à 100 %.")
    await job(pool, notes.id, 3, "pending", "indexed", status="doing")
    await job(pool, notes.id, 4, "pending", reason="Le modèle ne répond pas.", status="todo")
    await job(pool, notes.id, 5, "quarantined", "indexed")
    return notes


async def numbers(jobs: JobList, person: Principal = GUSTAVE, **asked: Any) -> list[int]:
    return [one.job for one in (await jobs.page(person, JobFilter(**asked))).jobs]


async def acts(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


@pytest.mark.usefixtures("notes")
async def test_each_job_is_a_line_the_newest_first_with_what_became_of_its_documents(jobs: JobList) -> None:
    page = await jobs.page(GUSTAVE, JobFilter())
    shown = [(one.job, one.state, one.done, one.documents) for one in page.jobs]
    assert shown == [
        (5, JobState.QUARANTINED, 2, 2),
        (4, JobState.WAITING, 0, 1),
        (3, JobState.RUNNING, 1, 2),
        (2, JobState.FAILED, 2, 2),
        (1, JobState.INDEXED, 2, 2),
    ]
    assert page.total == 5
    assert page.states == {
        JobState.RUNNING: 1,
        JobState.WAITING: 1,
        JobState.FAILED: 1,
        JobState.QUARANTINED: 1,
    }
    assert "mot de passe" in page.jobs[3].reason


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": JobState.FAILED}, [2]),
        ({"state": JobState.WAITING}, [4]),
        ({"state": JobState.RUNNING}, [3]),
        ({"state": JobState.QUARANTINED}, [5]),
        ({"state": JobState.INDEXED}, [1]),
        ({"words": "MOT DE PASSE"}, [2]),
        ({"words": "répond"}, [4]),
        ({"words": "100 %"}, [2]),
        ({"words": "%"}, [2]),
        ({"words": "_"}, []),
        ({"words": "\\"}, []),
        ({"state": JobState.WAITING, "words": "mot de passe"}, []),
    ],
)
async def test_states_and_words_of_a_reason_narrow_the_list_and_its_total(
    jobs: JobList, asked: dict[str, Any], found: list[int]
) -> None:
    page = await jobs.page(GUSTAVE, JobFilter(**asked))
    assert [one.job for one in page.jobs] == found
    assert page.total == len(found)


async def test_it_is_sorted_both_ways_and_comes_page_by_page(jobs: JobList, pool: Pool, notes: Collection) -> None:
    acts_ = await create(pool, "actes")
    await job(pool, acts_.id, 6, "indexed")
    page = await jobs.page(GUSTAVE, JobFilter(), JobOrder.NEWEST, descending=False, limit=2, offset=2)
    assert ([one.job for one in page.jobs], page.total) == ([3, 4], 6)
    by_name = await jobs.page(GUSTAVE, JobFilter(), JobOrder.COLLECTION, descending=False, limit=2)
    assert [one.job for one in by_name.jobs] == [6, 5]
    by_name = await jobs.page(GUSTAVE, JobFilter(), JobOrder.COLLECTION, limit=2)
    assert [one.job for one in by_name.jobs] == [5, 4]
    assert (await jobs.page(GUSTAVE, JobFilter(), offset=50)).jobs == []


@pytest.mark.parametrize("state", ["indexed", "failed"])
async def test_jobs_in_a_state_are_sorted_by_collection_and_counted_up_to_a_limit(
    jobs: JobList, pool: Pool, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_list, "COUNTED", 2)
    for number, name in enumerate(("Bilans", "Arrêtés", "Circulaires")):
        held = await create(pool, name)
        for more in (1, 4):
            await job(pool, held.id, number + more, state, reason="Vide." if state == "failed" else "")
    page = await jobs.page(GUSTAVE, JobFilter(state=JobState(state)), JobOrder.COLLECTION, descending=False, limit=6)
    assert [(one.collection, one.job) for one in page.jobs] == [
        ("Arrêtés", 5),
        ("Arrêtés", 2),
        ("Bilans", 4),
        ("Bilans", 1),
        ("Circulaires", 6),
        ("Circulaires", 3),
    ]
    assert page.total == 3
    second = await jobs.page(GUSTAVE, JobFilter(state=JobState(state)), JobOrder.COLLECTION, limit=2, offset=2)
    assert [one.job for one in second.jobs] == [4, 1]
    assert (await jobs.page(GUSTAVE, JobFilter(state=JobState(state)), offset=5)).total == 6


async def test_a_keeper_sees_the_jobs_of_their_collections_alone(
    jobs: JobList, pool: Pool, notes: Collection, administrateur: Principal, agent: Principal
) -> None:
    other = await create(pool, "Autre", owner="/DGS")
    await job(pool, other.id, 6, "failed", reason="Vide.")
    assert await numbers(jobs) == [5, 4, 3, 2, 1]
    assert await numbers(jobs, GINA) == [6]
    assert len(await numbers(jobs, administrateur)) == 6
    assert await numbers(jobs, agent) == []
    with pytest.raises(CollectionNotFound):
        await jobs.page(GUSTAVE, JobFilter(collection=other.id))
    for number in (6, 7, -1, 2**63, 10**30):
        with pytest.raises(JobNotFound):
            await jobs.opened(GUSTAVE, number)
    assert await jobs.retry_failed(GINA, JobFilter()) == 1
    with pytest.raises(CollectionNotFound):
        await jobs.retry_failed(GINA, JobFilter(collection=notes.id))


async def test_what_is_prepared_for_a_collection_counts_as_its_own(
    jobs: JobList, pool: Pool, notes: Collection
) -> None:
    draft = uuid4()
    async with pool.connection() as connection:
        await connection.execute(
            "insert into collection (id, name, name_key, description, owner, readers, part, part_of)"
            " values (%s, 'Notes', null, '', '/DAJ', '{}', 'draft', %s)",
            [draft, notes.id],
        )
    await job(pool, draft, 6, "failed", reason="Vide.")
    page = await jobs.page(GUSTAVE, JobFilter(collection=notes.id))
    assert [(one.job, one.draft, one.collection_id) for one in page.jobs][:1] == [(6, True, notes.id)]
    listed, _ = await jobs.opened(GUSTAVE, 6)
    assert listed.state is JobState.FAILED
    assert await jobs.retry_failed(GUSTAVE, JobFilter(words="vide")) == 1


async def test_the_files_of_a_conversation_are_nobodys_to_see(
    jobs: JobList, pool: Pool, administrateur: Principal
) -> None:
    private = uuid4()
    async with pool.connection() as connection:
        await connection.execute(
            "insert into collection (id, name, name_key, description, owner, readers, conversation_id)"
            " values (%s, 'x', null, '', 's-agent', '{}', %s)",
            [private, uuid4()],
        )
    await job(pool, private, 1, "failed", reason="Vide.")
    assert await numbers(jobs, administrateur) == []
    with pytest.raises(JobNotFound):
        await jobs.opened(administrateur, 1)


@pytest.mark.usefixtures("notes")
async def test_a_job_is_opened_with_what_went_wrong_first(jobs: JobList) -> None:
    listed, documents = await jobs.opened(GUSTAVE, 2)
    assert isinstance(listed, ListedJob)
    assert [(one.name, one.state) for one in documents] == [
        ("2-0.pdf", JobState.FAILED),
        ("2-1.pdf", JobState.INDEXED),
    ]
    assert "mot de passe" in documents[0].reason


async def test_what_failed_is_tried_again_as_far_as_the_filter_shows_it(
    jobs: JobList, pool: Pool, notes: Collection
) -> None:
    await job(pool, notes.id, 6, "failed", reason="Vide.")
    assert await jobs.retry_failed(GUSTAVE, JobFilter(words="mot de passe")) == 1
    assert [one.job for one in (await jobs.page(GUSTAVE, JobFilter(state=JobState.FAILED))).jobs] == [6]
    record = next(body for body in await acts(pool) if body["act"] == Act.JOB_RETRIED)
    assert record["details"]["documents"] == 1
    assert record["details"]["rules"]
    assert UUID(record["details"]["collection_id"]) == notes.id
    assert await jobs.retry_failed(GUSTAVE, JobFilter(words="mot de passe")) == 0


@pytest.mark.usefixtures("notes")
async def test_a_look_is_recorded_and_a_page_that_goes_on_is_not(jobs: JobList, pool: Pool) -> None:
    for again in (False, True):
        await jobs.page(GUSTAVE, JobFilter(), again=again)
        await jobs.opened(GUSTAVE, 2, again=again)
    assert [body["details"] for body in await acts(pool)] == [{"jobs": 5}, {"job": 2, "documents": 2}]


@pytest.mark.usefixtures("notes")
async def test_who_reads_a_collection_but_does_not_keep_it_is_refused(jobs: JobList, pool: Pool) -> None:
    reader = Principal("s-bob", "bob", frozenset({"/DAJ"}), frozenset({Role.AGENT}))
    with pytest.raises(Refused):
        await jobs.opened(reader, 2)
    assert (await acts(pool))[-1]["act"] == Act.REFUSED
