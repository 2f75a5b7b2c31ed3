"""What is said of a collection, changed by those who keep it, on a real PostgreSQL."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import (
    Catalog,
    Collection,
    CollectionChanged,
    CollectionChanges,
    CollectionExists,
    CollectionNotFound,
    Collections,
    DescriptionInvalid,
    GroupInvalid,
    NameInvalid,
    OwnerRefused,
    Stage,
    Unsupported,
)
from retrieval.names import valid_group, valid_readers
from ui.database import Pool

KEEPER = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.GESTIONNAIRE}))
STRANGER = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.GESTIONNAIRE}))


@pytest.fixture
def changes(pool: Pool, policy: CedarPolicy) -> CollectionChanges:
    return CollectionChanges(pool, policy, Catalog(), PostgresLedger())


@pytest.fixture
def collections(pool: Pool, policy: CedarPolicy) -> Collections:
    return Collections(pool, policy, Catalog(), PostgresLedger())


@pytest.fixture
async def notes(collections: Collections, administrateur: Principal) -> Collection:
    """Of /DGS, for /DGS."""
    return await collections.create(administrateur, "Notes", "", "/DGS", {"/DGS"})


async def records(pool: Pool) -> list[dict[str, Any]]:
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


async def test_a_name_and_a_description_are_changed_and_recorded(
    changes: CollectionChanges, notes: Collection, pool: Pool
) -> None:
    changed = await changes.describe(KEEPER, notes.id, " Notes de service ", "Pour\r\ntous")
    assert (changed.name, changed.description, changed.edition) == ("Notes de service", "Pour\ntous", notes.edition + 1)
    last = (await records(pool))[-1]
    assert (last["act"], last["details"]["name"]) == ("collection.described", "Notes de service")
    assert last["details"]["before"] == {"name": "Notes"}
    assert last["details"]["rules"] == ["gestionnaire-keeps-collection-of-their-group"]
    with pytest.raises(CollectionNotFound):
        await changes.describe(KEEPER, "Notes", "x", "")


async def test_a_name_that_is_taken_stays_taken(
    changes: CollectionChanges, collections: Collections, notes: Collection, administrateur: Principal
) -> None:
    await collections.create(administrateur, "Textes", "", "/DGS", ())
    with pytest.raises(CollectionExists):
        await changes.describe(KEEPER, notes.id, "TEXTES", "")
    assert (await collections.kept(KEEPER, notes.id)).name == "Notes"


async def test_access_is_changed_and_recorded_with_what_it_was(
    changes: CollectionChanges, notes: Collection, pool: Pool
) -> None:
    changed = await changes.set_access(KEEPER, "notes", "/DGS", ["/DAJ", " /DGS/Bureau-A ", "/DAJ"])
    assert changed.readers == {"/DAJ", "/DGS/Bureau-A"}
    details = (await records(pool))[-1]["details"]
    assert details["readers"] == ["/DAJ", "/DGS/Bureau-A"]
    assert details["before"] == {"owner": "/DGS", "readers": ["/DGS"]}


async def test_who_gives_a_collection_away_must_still_keep_it(
    changes: CollectionChanges, notes: Collection, administrateur: Principal
) -> None:
    for owner in ("/DAJ", ""):
        with pytest.raises(OwnerRefused):
            await changes.set_access(KEEPER, notes.id, owner, ())
    assert (await changes.set_access(administrateur, notes.id, "/DAJ", ())).owner == "/DAJ"
    with pytest.raises(CollectionNotFound):  # it is no longer theirs, and not for them to read
        await changes.pause(KEEPER, notes.id)


async def test_who_only_reads_changes_nothing_and_who_does_not_read_learns_nothing(
    changes: CollectionChanges, notes: Collection, agent: Principal, pool: Pool
) -> None:
    for change in (changes.pause, changes.resume, changes.archive, changes.restore):
        with pytest.raises(Refused):
            await change(agent, notes.id)
        with pytest.raises(CollectionNotFound):
            await change(STRANGER, notes.id)
    assert [one["act"] for one in await records(pool)][1:] == ["access.refused"] * 8


async def test_an_archived_collection_is_read_by_its_keepers_alone_until_it_is_restored(
    changes: CollectionChanges, collections: Collections, notes: Collection, agent: Principal, pool: Pool
) -> None:
    async def read_by(person: Principal) -> bool:
        return notes.id in {one.id for one, _ in await collections.readable(person)}

    assert await read_by(agent)
    await changes.archive(KEEPER, notes.id)
    assert not await read_by(agent)
    assert await read_by(KEEPER)
    assert (await records(pool))[-1]["details"]["archived"] is True
    await changes.restore(KEEPER, notes.id)
    assert await read_by(agent)


async def test_the_second_of_two_who_change_the_same_thing_is_told(
    changes: CollectionChanges, collections: Collections, notes: Collection, administrateur: Principal
) -> None:
    shown = notes.edition
    await changes.set_access(KEEPER, notes.id, "/DGS", (), shown)
    with pytest.raises(CollectionChanged, match="modifiée entre-temps"):
        await changes.describe(administrateur, notes.id, "Autre nom", "", shown)
    with pytest.raises(CollectionChanged):
        await collections.set_unsupported(administrateur, notes.id, Unsupported.DROP, shown)
    with pytest.raises(CollectionChanged):
        await collections.set_retention(administrateur, notes.id, 3, shown)
    held = await collections.kept(administrateur, notes.id)
    assert (held.name, held.readers) == ("Notes", frozenset())


async def test_of_changes_at_the_same_moment_none_is_lost(
    changes: CollectionChanges, collections: Collections, notes: Collection
) -> None:
    names = [f"Nom {number}" for number in range(6)]
    done = await asyncio.gather(
        *(changes.describe(KEEPER, notes.id, name, "", notes.edition) for name in names), return_exceptions=True
    )
    (kept,) = [one for one in done if isinstance(one, Collection)]
    assert [type(one) for one in done if one is not kept] == [CollectionChanged] * 5
    assert (await collections.kept(KEEPER, notes.id)).name == kept.name


async def test_what_is_as_it_is_asked_for_is_left_alone(
    changes: CollectionChanges, collections: Collections, notes: Collection, pool: Pool
) -> None:
    paused = await changes.pause(KEEPER, notes.id, notes.edition)
    before = await records(pool)
    assert await changes.pause(KEEPER, notes.id, notes.edition) == paused  # the same form, sent twice
    await collections.set_unsupported(KEEPER, notes.id, Unsupported.MARK, notes.edition)
    await collections.set_retention(KEEPER, notes.id, None, notes.edition)
    assert await records(pool) == before


async def test_what_no_collection_can_have_is_refused_in_words(
    changes: CollectionChanges, collections: Collections, notes: Collection, administrateur: Principal
) -> None:
    huge = "x" * 10_000_000
    for name in ("", "\n", huge, "a\0b"):
        with pytest.raises(NameInvalid) as refused:
            await changes.describe(KEEPER, notes.id, name, "")
        assert len(str(refused.value)) < 500
    for description in (huge, "a\0b"):
        with pytest.raises(DescriptionInvalid):
            await changes.describe(KEEPER, notes.id, "Notes", description)
    for group in ("DGS", "/", "//", "/DGS/", "/a\0", "/" + huge):
        with pytest.raises(GroupInvalid) as refused_group:
            await changes.set_access(KEEPER, notes.id, "/DGS", [group])
        assert len(str(refused_group.value)) < 500
        with pytest.raises(GroupInvalid):
            await collections.create(administrateur, "Autre", "", group, ())
    with pytest.raises(GroupInvalid, match="au plus"):
        await changes.set_access(KEEPER, notes.id, "/DGS", [f"/{number}" for number in range(101)])


async def test_a_reviewed_collection_begins_as_a_draft(
    collections: Collections, agent: Principal, administrateur: Principal
) -> None:
    draft = await collections.create(administrateur, "Projet", "", "/DGS", (), reviewed=True)
    assert (draft.stage, draft.reviewed) == (Stage.DRAFT, True)
    assert await collections.readable(agent) == []
    assert [one for one, _ in await collections.readable(KEEPER)] == [draft]


async def test_only_administrators_create(collections: Collections) -> None:
    with pytest.raises(Refused):
        await collections.create(KEEPER, "Projet", "", "/DGS", ())


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_group_or_a_sentence(text: str) -> None:
    try:
        path = valid_group(text)
    except GroupInvalid:
        return
    assert path.startswith("/")
    assert valid_group(path) == path
    assert valid_readers([path, path]) == {path}
