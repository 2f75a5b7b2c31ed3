"""The list of sources: whose one sees, in which state each is, what narrows and orders them."""

from collections.abc import Mapping
from typing import Any, LiteralString

import pytest

from ingestion.sources import source_list
from ingestion.sources.followed import Kind, Place, SourceTable, SyncState, new_source
from ingestion.sources.source_list import SourceFilter, SourceList, SourceOrder
from policies import CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import Catalog, Collection, CollectionNotFound
from ui.database import Pool

GUSTAVE = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
GINA = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))

# What makes a source be in a state.
STATES: Mapping[SyncState, LiteralString] = {
    SyncState.DONE: "synced_at = now()",
    SyncState.NEVER: "failure = ''",
    SyncState.FAILED: "synced_at = now() - interval '1 day', failure = 'Fermé.'",
    SyncState.ASKED: "failure = 'Fermé.', asked = true",
    SyncState.RUNNING: "asked = true, leased_until = now() + interval '1 minute'",
}


@pytest.fixture
def sources(pool: Pool, policy: CedarPolicy) -> SourceList:
    return SourceList(pool, policy, Catalog(), PostgresLedger())


async def create(pool: Pool, name: str, owner: str, readers: frozenset[str], *followed: str) -> Collection:
    async with pool.connection() as connection:
        made = await Catalog().create_collection(connection, name, owner=owner, readers=readers)
        for one in followed:
            await SourceTable().add(connection, new_source(made.id, one, Place(Kind.FOLDER, "/srv"), 30, GUSTAVE))
    return made


@pytest.fixture
async def notes(pool: Pool) -> Collection:
    """A source in each state, called so."""
    notes = await create(pool, "Notes", "/DAJ", frozenset({"/DAJ"}), *STATES)
    async with pool.connection() as connection:
        for name, change in STATES.items():
            await connection.execute(f"update source set {change} where name = %s", [name])  # noqa: S608 - of constants
    return notes


async def names(sources: SourceList, person: Principal = GUSTAVE, **given: Any) -> list[str]:
    return [one.source.name for one in (await sources.page(person, **given)).sources]


@pytest.mark.usefixtures("notes")
async def test_what_wants_an_eye_comes_first_and_each_source_is_in_one_state(sources: SourceList) -> None:
    by_state = ["running", "asked", "failed", "never", "done"]
    assert await names(sources, order=SourceOrder.STATE) == by_state
    page = await sources.page(GUSTAVE, order=SourceOrder.STATE)
    assert [one.source.state.value for one in page.sources] == by_state
    assert [await names(sources, asked=SourceFilter(state=one)) for one in SyncState] == [[one] for one in SyncState]
    assert (await names(sources, order=SourceOrder.ENDED, descending=True))[:2] == ["done", "failed"]


async def test_a_page_is_part_of_a_list_whose_length_is_said_as_far_as_it_is_counted(
    sources: SourceList, notes: Collection, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create(pool, "Avis", "/DAJ", frozenset({"/DAJ"}), "z")
    assert (await names(sources, order=SourceOrder.COLLECTION))[0] == "z"
    assert await names(sources, asked=SourceFilter("Avis")) == ["z"]
    assert len(await names(sources, asked=SourceFilter(notes.id))) == 5
    assert await names(sources, limit=2, offset=2) == ["failed", "never"]
    assert (await sources.page(GUSTAVE, limit=2)).total == 6
    assert (await sources.page(GUSTAVE, offset=4)).total == 6
    monkeypatch.setattr(source_list, "COUNTED", 2)
    assert (await sources.page(GUSTAVE, limit=2)).total == 3


@pytest.mark.usefixtures("notes")
async def test_what_others_keep_is_not_listed(sources: SourceList, pool: Pool, agent: Principal) -> None:
    await create(pool, "Avis", "/DGS", frozenset(), "ouvert")
    assert await names(sources, GINA) == ["ouvert"]
    assert await names(sources, agent) == []
    assert [one.name for one in (await sources.page(GINA)).collections] == ["Avis"]
    with pytest.raises(CollectionNotFound):
        await sources.page(GINA, SourceFilter("Notes"))
    with pytest.raises(Refused):
        await sources.page(GUSTAVE, SourceFilter("Avis"))  # which he may read


@pytest.mark.usefixtures("notes")
async def test_a_look_is_recorded_once_while_it_goes_on(sources: SourceList, pool: Pool) -> None:
    await sources.page(GUSTAVE)
    await sources.page(GUSTAVE, again=True)
    async with pool.connection() as connection:
        bodies = [record.body async for record in PostgresLedger().records(connection)]
    assert sum(b'"source.listed"' in body and b'"sources":5' in body for body in bodies) == 1
