"""Documents that wait for a person's decision, on a real PostgreSQL."""

import asyncio
import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from policies import CedarPolicy, Concern, PostgresLedger, Principal, Refused, Response, Responses, Role, Tally
from retrieval import (
    Alike,
    AlreadyDecided,
    Catalog,
    Choice,
    Collection,
    CollectionNotFound,
    Collections,
    Document,
    DocumentMetadata,
    DocumentNotFound,
    DocumentState,
    Holding,
    Quarantine,
    QuarantineNotFound,
    WaitingFilter,
)
from retrieval.errors import NotSeen, PeriodReversed, ReasonMissing
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool

REASON = "Mention vérifiée."
SECRET = "Le code est 4711."
FOUND = (Tally(Concern.MARKING, "« SECRET »", 2, ((0, 6), (9, 15))),)

catalog = Catalog()


@pytest.fixture
def quarantine(pool: Pool, policy: CedarPolicy) -> Quarantine:
    """Over an empty database."""
    return Quarantine(pool, policy, catalog, PostgresLedger())


@pytest.fixture
def outsider() -> Principal:
    """Someone who keeps what is another group's."""
    return Principal("s-daj", "daj", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))


async def _create(pool: Pool, name: str = "Notes", readers: frozenset[str] = frozenset()) -> Collection:
    async with pool.connection() as connection:
        return await catalog.create_collection(connection, name, owner="/DGS", readers=readers)


async def _held(quarantine: Quarantine, collection: Collection, content: str = SECRET, id_: str = "a") -> int:
    """A document that waits, as an import leaves it; gives its number."""
    metadata = DocumentMetadata("Le code", number="4711", guessed=frozenset({"number"}))
    entry = Document(id_, collection.id, metadata, 0, content, DocumentState.PENDING, found=FOUND)
    async with quarantine.pool.connection() as connection:
        versions = await catalog.put_documents(connection, [(entry, content)])
        holding = Holding(id_, versions[id_], content.encode(), "caché")
        await quarantine.table.hold(connection, collection.id, [id_], [holding])
        await quarantine.table.mark(connection, collection.id, versions)
        (held,) = [one for one in await quarantine.table.waiting(connection, [collection.id]) if one.document_id == id_]
    return held.id


async def _document(quarantine: Quarantine, collection: Collection) -> Document:
    async with quarantine.pool.connection() as connection:
        document = await catalog.document(connection, collection.id, "a")
    assert document is not None
    return document


async def _text(quarantine: Quarantine, collection: Collection, version: int) -> str:
    async with quarantine.pool.connection() as connection:
        return (await catalog.text(connection, collection.id, "a", version)).text


async def _records(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


async def test_what_waits_is_shown_to_who_may_decide_and_its_text_to_nobody_else(
    quarantine: Quarantine, pool: Pool, administrateur: Principal
) -> None:
    collection = await _create(pool)
    number = await _held(quarantine, collection)
    ((name, held),) = await quarantine.waiting(administrateur)
    assert (name, held.id, held.document_id, held.found) == ("Notes", number, "a", FOUND)
    _, opened = await quarantine.opened(administrateur, number)
    assert (opened.text, opened.unseen) == (SECRET, "caché")
    document = await _document(quarantine, collection)
    assert (document.state, document.found) == (DocumentState.QUARANTINED, FOUND)
    with pytest.raises(DocumentNotFound):
        await _text(quarantine, collection, 1)


async def test_who_may_not_add_to_the_collection_sees_and_decides_nothing(
    quarantine: Quarantine, pool: Pool, agent: Principal, outsider: Principal
) -> None:
    number = await _held(quarantine, await _create(pool, readers=frozenset({"/DGS"})))
    for person, error in ((agent, Refused), (outsider, QuarantineNotFound)):
        assert await quarantine.waiting(person) == []
        for attempt in (quarantine.opened(person, number), quarantine.decide(person, number, Choice.RELEASED, REASON)):
            with pytest.raises(error):
                await attempt
    with pytest.raises(CollectionNotFound):
        await quarantine.waiting(outsider, ("Notes",))
    assert "document.released" not in {record["act"] for record in await _records(pool)}
    assert sum(record["act"] == "access.refused" for record in await _records(pool)) == 5


async def test_what_is_released_is_to_be_read_again_and_that_is_recorded(
    quarantine: Quarantine, pool: Pool, administrateur: Principal
) -> None:
    collection = await _create(pool)
    number = await _held(quarantine, collection)
    await quarantine.decide(administrateur, number, Choice.RELEASED, REASON)
    assert (await _document(quarantine, collection)).state is DocumentState.PENDING
    assert await _text(quarantine, collection, 1) == SECRET
    async with pool.connection() as connection:
        decisions = await quarantine.table.decisions(connection, collection.id, {"a": SECRET.encode()})
        others = await quarantine.table.decisions(connection, collection.id, {"a": b"autre", "b": SECRET.encode()})
    assert (decisions, others) == ({"a": Choice.RELEASED}, {})
    record = (await _records(pool))[-1]
    assert record["act"] == "document.released"
    assert record["details"]["found"] == [{"concern": "marking", "what": "« SECRET »", "count": 2}]


async def test_of_what_is_refused_the_text_is_forgotten_and_the_reason_said(
    quarantine: Quarantine, pool: Pool, administrateur: Principal
) -> None:
    collection = await _create(pool)
    number = await _held(quarantine, collection)
    await quarantine.decide(administrateur, number, Choice.REFUSED, REASON)
    document = await _document(quarantine, collection)
    assert document.state is DocumentState.FAILED
    assert "refusé" in document.failure
    assert document.metadata == DocumentMetadata("a")
    async with pool.connection() as connection:
        texts = await (await connection.execute("select text from document_version")).fetchall()
        unseen = await (await connection.execute("select unseen from quarantine")).fetchall()
    assert (texts, unseen) == ([("",)], [("",)])
    assert (await _records(pool))[-1]["act"] == "document.refused"


@pytest.mark.parametrize("second", Choice)
async def test_of_two_decisions_at_once_one_counts(
    quarantine: Quarantine, pool: Pool, administrateur: Principal, second: Choice
) -> None:
    collection = await _create(pool)
    number = await _held(quarantine, collection)
    decisions = [quarantine.decide(administrateur, number, choice, REASON) for choice in (Choice.REFUSED, second)]
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 1
    acts = [record["act"] for record in await _records(pool)]
    assert len(acts) == 1
    expected = {"document.released": DocumentState.PENDING, "document.refused": DocumentState.FAILED}[acts[0]]
    assert (await _document(quarantine, collection)).state is expected


async def test_a_newer_version_is_asked_about_anew_and_the_older_waits_no_more(
    quarantine: Quarantine, pool: Pool, administrateur: Principal
) -> None:
    collection = await _create(pool)
    old = await _held(quarantine, collection, "v1")
    new = await _held(quarantine, collection, "v2")
    with pytest.raises(AlreadyDecided):
        await quarantine.decide(administrateur, old, Choice.RELEASED, REASON)
    with pytest.raises(AlreadyDecided):
        await quarantine.opened(administrateur, old)
    assert [held.id for _, held in await quarantine.waiting(administrateur)] == [new]
    with pytest.raises(DocumentNotFound):
        await _text(quarantine, collection, 1)


async def test_a_release_that_cannot_be_resumed_is_none(
    quarantine: Quarantine, pool: Pool, administrateur: Principal
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError

    collection = await _create(pool)
    number = await _held(quarantine, collection)
    failing = Quarantine(pool, quarantine.policy, catalog, quarantine.ledger, resume=fail)
    with pytest.raises(RuntimeError):
        await failing.decide(administrateur, number, Choice.RELEASED, REASON)
    assert (await _document(quarantine, collection)).state is DocumentState.QUARANTINED
    assert await _records(pool) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
async def test_a_decision_says_why(quarantine: Quarantine, pool: Pool, administrateur: Principal, reason: str) -> None:
    collection = await _create(pool)
    number = await _held(quarantine, collection)
    with pytest.raises(ReasonMissing):
        await quarantine.decide(administrateur, number, Choice.RELEASED, reason)
    await quarantine.decide(administrateur, number, Choice.RELEASED, f" {REASON} ")
    async with pool.connection() as connection:
        assert await (await connection.execute("select reason from quarantine")).fetchall() == [(REASON,)]
    record = (await _records(pool))[-1]
    assert record["content"].keys() == {"reason"}
    assert REASON not in json.dumps(record, ensure_ascii=False)


async def test_what_waits_comes_page_by_page_as_it_is_wanted(
    quarantine: Quarantine, pool: Pool, administrateur: Principal
) -> None:
    collection, other = await _create(pool), await _create(pool, "RH")
    numbers = [await _held(quarantine, collection, id_=id_) for id_ in "abc"] + [await _held(quarantine, other)]

    async def page(wanted: WaitingFilter, offset: int = 0, names: tuple[UUID, ...] = ()) -> tuple[list[int], int]:
        rows, total = await quarantine.page(administrateur, names, wanted, offset, 2)
        return [one.id for _, one in rows], total

    assert await page(WaitingFilter(), 2) == (numbers[2:], 4)
    assert await page(WaitingFilter(newest_first=True)) == (numbers[:1:-1], 4)
    assert await page(WaitingFilter(Concern.MARKING), names=(other.id,)) == (numbers[3:], 1)
    assert await page(WaitingFilter(Concern.HIDDEN)) == ([], 0)
    assert await page(WaitingFilter(until=dt.date(2020, 1, 1))) == ([], 0)
    with pytest.raises(PeriodReversed):
        WaitingFilter(since=dt.date(2021, 1, 1), until=dt.date(2020, 1, 1))


async def test_several_of_one_content_or_one_finding_are_decided_about_after_one_was_opened(
    quarantine: Quarantine, pool: Pool, administrateur: Principal
) -> None:
    collection, other = await _create(pool), await _create(pool, "RH")
    first = await _held(quarantine, collection)
    twin = await _held(quarantine, other)
    alike = await _held(quarantine, collection, "Autre texte.", "b")
    assert await quarantine.alike(administrateur, first) == {Alike.TEXT: [twin], Alike.FINDINGS: [alike]}
    decided = quarantine.decide_alike(administrateur, first, Choice.REFUSED, REASON, Alike.TEXT, "deviné")
    with pytest.raises(NotSeen):
        await decided
    _, opened = await quarantine.opened(administrateur, first)
    edition = opened.edition
    assert await quarantine.decide_alike(administrateur, first, Choice.REFUSED, REASON, Alike.TEXT, edition) == 2
    assert [held.id for _, held in await quarantine.waiting(administrateur)] == [alike]
    with pytest.raises(AlreadyDecided):
        await quarantine.decide_alike(administrateur, first, Choice.REFUSED, REASON, Alike.FINDINGS, edition)


async def test_nobody_decides_about_what_is_alike_in_a_collection_that_is_not_theirs(
    quarantine: Quarantine, pool: Pool, administrateur: Principal, outsider: Principal
) -> None:
    async with pool.connection() as connection:
        mine = await catalog.create_collection(connection, "DAJ", owner="/DAJ")
    theirs = await _held(quarantine, await _create(pool))
    first = await _held(quarantine, mine)
    _, opened = await quarantine.opened(outsider, first)
    decided = await quarantine.decide_alike(outsider, first, Choice.RELEASED, REASON, Alike.TEXT, opened.edition)
    assert decided == 1
    assert [held.id for _, held in await quarantine.waiting(administrateur)] == [theirs]


STEPS = st.lists(st.sampled_from(["v1", "v2"]) | st.sampled_from(Choice), min_size=1, max_size=8)


@example(["v1", Choice.REFUSED, "v1", Choice.RELEASED])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
async def test_whatever_comes_and_is_decided_only_a_released_text_can_be_read(
    quarantine: Quarantine, pool: Pool, administrateur: Principal, steps: list[str]
) -> None:
    """A model in a few lines, beside the tables."""
    async with pool.connection() as connection:
        await connection.execute("delete from collection")
    collection = await _create(pool)
    waiting, released, number = "", False, 0
    for step in steps:
        if not isinstance(step, Choice):
            if step != waiting:  # the same content again is nothing new
                waiting, released = step, False
                number = await _held(quarantine, collection, step)
        elif waiting:
            await quarantine.decide(administrateur, number, step, REASON)
            waiting, released = "", step is Choice.RELEASED
        elif number:
            with pytest.raises(AlreadyDecided):
                await quarantine.decide(administrateur, number, step, REASON)
        if number:
            latest = (await _document(quarantine, collection)).version
            if released:
                assert await _text(quarantine, collection, latest)
            else:
                with pytest.raises(DocumentNotFound):
                    await _text(quarantine, collection, latest)


async def test_a_collections_rule_is_set_by_who_may_add_to_it_and_recorded(
    corpus: Corpus, policy: CedarPolicy, agent: Principal, administrateur: Principal
) -> None:
    collections = Collections(corpus.pool, policy, corpus.catalog, PostgresLedger())
    await corpus.collection("Notes", {})
    assert await collections.guardrails(agent, "Notes") == Responses()
    stricter = {Concern.MARKING: Response.REFUSE}
    await collections.set_guardrails(administrateur, "Notes", {Concern.HIDDEN: Response.FLAG})
    both = await collections.set_guardrails(administrateur, "Notes", stricter)
    assert both == Responses(stricter | {Concern.HIDDEN: Response.FLAG}) == await collections.guardrails(agent, "Notes")
    with pytest.raises(Refused):
        await collections.set_guardrails(agent, "Notes", {Concern.MARKING: Response.ACCEPT})
    assert await collections.guardrails(agent, "Notes") == both
    acts = [record["act"] for record in await _records(corpus.pool)]
    assert acts == ["guardrails.set", "guardrails.set", "access.refused"]
