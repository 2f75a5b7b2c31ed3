"""Collections that are deleted, recovered, or gone for good: on a real PostgreSQL, engine and model."""

import datetime as dt
import json

import pytest

from policies import CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import (
    Bin,
    CollectionChanged,
    CollectionChanges,
    CollectionExists,
    CollectionNotFound,
    Collections,
    Emptying,
    Search,
)
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool

KEEPER = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.GESTIONNAIRE}))
STRANGER = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
MONTH = dt.timedelta(days=30, minutes=1)


def now() -> dt.datetime:
    """As each test has it: a run lasts longer than the minute of `MONTH`."""
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def bin_(corpus: Corpus, policy: CedarPolicy) -> Bin:
    return Bin(corpus.pool, policy, corpus.catalog, PostgresLedger(), corpus.index)


@pytest.fixture
def emptying(corpus: Corpus, administrateur: Principal) -> Emptying:
    return Emptying(corpus.pool, PostgresLedger(), administrateur)


async def acts(pool: Pool) -> list[tuple[str, str]]:
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    return [(body["act"], body["details"].get("reason", "")) for body in bodies if body["act"].startswith("collection")]


async def noted(pool: Pool) -> int:
    """Collections whose points are still to be erased."""
    async with pool.connection() as connection:
        row = await (await connection.execute("select count(*) from erasure")).fetchone()
    assert row is not None
    return int(row[0])


async def found(search: Search, person: Principal) -> list[str]:
    passages = (await search.search(person, "télétravail")).passages
    return [passage.document_id for passage in passages]


async def test_what_is_deleted_is_found_by_nobody_and_once_recovered_as_before(
    corpus: Corpus, bin_: Bin, search: Search, agent: Principal, administrateur: Principal
) -> None:
    notes = await corpus.collection("Notes", {"note": "Le télétravail est de trois jours."})
    assert await found(search, agent) == ["note"]
    assert await bin_.delete(KEEPER, notes.id) == 1
    for person in (agent, KEEPER, administrateur):
        assert await found(search, person) == []
        for named in ("Notes", notes.name):
            with pytest.raises(CollectionNotFound):
                await search.search(person, "télétravail", [named])
        with pytest.raises(CollectionNotFound):
            await search.opened(person, notes.id, "Notes")
    assert await corpus.index.count(frozenset({notes.id})) == 1

    (held,) = await bin_.deleted(KEEPER)
    assert (held.collection.id, held.collection.name) == (notes.id, "Notes")
    recovered = await bin_.recover(KEEPER, notes.id)
    assert (recovered.id, recovered.name, recovered.readers) == (notes.id, "Notes", notes.readers)
    assert await found(search, agent) == ["note"]
    assert await bin_.deleted(KEEPER) == []
    assert await acts(corpus.pool) == [("collection.deleted", ""), ("collection.recovered", "")]


async def test_what_is_in_the_bin_is_there_for_those_alone_who_may_delete_it(
    corpus: Corpus, bin_: Bin, agent: Principal, administrateur: Principal
) -> None:
    notes = await corpus.collection("Notes", {})
    for person in (agent, STRANGER):
        with pytest.raises(Refused):
            await bin_.delete(person, notes.id)
    await bin_.delete(administrateur, notes.id)
    assert [one.collection.id for one in await bin_.deleted(KEEPER)] == [notes.id]
    for person in (agent, STRANGER):
        assert await bin_.deleted(person) == []
        for attempt in (bin_.recover, bin_.erase):
            for named in (notes.id, "Notes"):
                with pytest.raises(CollectionNotFound):
                    await attempt(person, named)
    with pytest.raises(CollectionNotFound):
        await bin_.delete(administrateur, notes.id)  # it is there already


async def test_a_collection_that_another_reads_is_not_named_to_who_may_not(
    corpus: Corpus, bin_: Bin, administrateur: Principal
) -> None:
    notes = await corpus.collection("Notes", {}, readers=frozenset({"/DGS"}))
    with pytest.raises(CollectionNotFound):
        await bin_.delete(STRANGER, notes.id)
    await bin_.delete(administrateur, notes.id)
    for attempt in (bin_.recover, bin_.erase):
        with pytest.raises(CollectionNotFound):
            await attempt(STRANGER, notes.id)


async def test_a_name_that_was_taken_meanwhile_needs_another(corpus: Corpus, bin_: Bin, agent: Principal) -> None:
    first = await corpus.collection("Notes", {})
    await bin_.delete(KEEPER, first.id)
    second = await corpus.collection("NOTES", {})
    with pytest.raises(CollectionExists):
        await bin_.recover(KEEPER, first.id)
    assert (await bin_.recover(KEEPER, first.id, "Notes anciennes")).id == first.id
    await bin_.delete(KEEPER, first.id)
    await bin_.delete(KEEPER, second.id)
    assert [one.collection.id for one in await bin_.deleted(KEEPER)] == [second.id, first.id]
    assert (await bin_.recover(KEEPER, "notes")).id == second.id


async def test_what_somebody_changed_meanwhile_is_not_deleted(corpus: Corpus, policy: CedarPolicy, bin_: Bin) -> None:
    notes = await corpus.collection("Notes", {})
    await CollectionChanges(corpus.pool, policy, corpus.catalog, PostgresLedger()).pause(KEEPER, notes.id)
    with pytest.raises(CollectionChanged):
        await bin_.delete(KEEPER, notes.id, notes.edition)
    assert await bin_.deleted(KEEPER) == []


async def test_what_is_erased_leaves_no_row_and_no_point(corpus: Corpus, bin_: Bin) -> None:
    notes = await corpus.collection("Notes", {"note": "Trois jours."})
    await bin_.delete(KEEPER, notes.id)
    await bin_.erase(KEEPER, notes.id)
    assert await corpus.index.count(frozenset({notes.id})) == 0
    assert await noted(corpus.pool) == 0
    async with corpus.pool.connection() as connection:
        assert await corpus.catalog.all_collection_ids(connection) == frozenset()
    assert await acts(corpus.pool) == [("collection.deleted", ""), ("collection.purged", "asked")]
    for attempt in (bin_.recover, bin_.erase):
        with pytest.raises(CollectionNotFound):
            await attempt(KEEPER, notes.id)


async def test_the_night_takes_what_has_lain_there_for_thirty_days(
    corpus: Corpus, bin_: Bin, emptying: Emptying
) -> None:
    notes = await corpus.collection("Notes", {"note": "Trois jours."})
    await corpus.collection("Textes", {"texte": "Trois jours."})
    assert await emptying.apply(now() + MONTH) == 0
    await bin_.delete(KEEPER, notes.id)
    assert await emptying.apply(now()) == 0
    due = await emptying.due(now() + MONTH)
    assert (due.count, due.held) == (1, 0)
    assert await emptying.apply(now() + MONTH) == 1
    assert await bin_.deleted(KEEPER) == []
    assert await noted(corpus.pool) == 1  # whoever has the index erases its points
    assert (await acts(corpus.pool))[-1] == ("collection.purged", "kept long enough")
    async with corpus.pool.connection() as connection:
        assert [one.name for one in await corpus.catalog.collections(connection)] == ["Textes"]


async def test_what_a_legal_hold_names_stays_past_its_time(corpus: Corpus, bin_: Bin, emptying: Emptying) -> None:
    notes = await corpus.collection("Notes", {})
    async with corpus.pool.connection() as connection:
        await connection.execute(
            "insert into review_case (id, title, reason, opened_by, opened_at)"
            " overriding system value values (1, 'a', 'b', 'c', now())"
        )
        await connection.execute(
            "insert into review_hold (case_id, kind, target, reason, placed_by, placed_at)"
            " values (1, 'collection', %s, 'b', 'c', now())",
            [str(notes.id)],
        )
    await bin_.delete(KEEPER, notes.id)
    due = await emptying.due(now() + MONTH)
    assert (due.count, due.held) == (1, 1)
    assert await emptying.apply(now() + MONTH) == 0
    assert (await bin_.recover(KEEPER, notes.id)).id == notes.id


async def test_an_empty_name_is_in_no_bin(corpus: Corpus, policy: CedarPolicy, bin_: Bin) -> None:
    await corpus.collection("Notes", {})
    with pytest.raises(CollectionNotFound):
        await bin_.recover(KEEPER, "")
    assert len(await Collections(corpus.pool, policy, corpus.catalog, PostgresLedger()).readable(KEEPER)) == 1
