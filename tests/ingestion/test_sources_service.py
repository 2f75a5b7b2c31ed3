"""Who may have collections follow sources, and that a source has one synchronisation at a time."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingestion.sources import lease
from ingestion.sources.errors import SourceBusy, SourceExists, SourceInvalid, SourceNotFound
from ingestion.sources.followed import Followed, Kind, Place, SourceTable
from ingestion.sources.lease import leased
from ingestion.sources.opening import Opening
from policies import Principal, Refused, Role
from tests.ingestion.following import Following, following

if TYPE_CHECKING:
    from tests.ingestion.conftest import Library

OWNER = Principal("s-g", "gestionnaire", frozenset({"/DGS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
STRANGER = Principal("s-x", "ailleurs", frozenset({"/DGOS"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))


async def synced(follows: Following, person: Principal) -> None:
    async with aclosing(follows.sources().sync(person, follows.name)) as steps:
        assert [step async for step in steps]


async def sync_due(follows: Following) -> None:
    sources = follows.sources()
    for followed in await sources.due():
        await sources.sync_due(followed)


async def followed_by(follows: Following) -> list[Followed]:
    async with follows.library.parts.pool.connection() as connection:
        return await SourceTable().of_collection(connection, follows.collection.id)


async def acts(follows: Following, act: str) -> int:
    return sum(f'"{act}"'.encode() in body for body in await follows.library.acts())


async def test_who_may_add_to_a_collection_may_have_it_follow_a_source_and_nobody_else(
    follows: Following, agent: Principal, tmp_path: Path
) -> None:
    sources, place = follows.sources(), Place(Kind.FOLDER, str(tmp_path))
    await sources.add(OWNER, "Autre", follows.collection.name, place, confined=False)
    await synced(follows, OWNER)
    for person in (agent, STRANGER):
        with pytest.raises(Refused):
            await sources.add(person, "Encore", follows.collection.name, place, confined=False)
        with pytest.raises(Refused):
            await synced(follows, person)
        with pytest.raises(Refused):
            await sources.remove(person, follows.name)
    assert await acts(follows, "access.refused") == 6
    assert [one.name for one in await followed_by(follows)] == ["Autre", follows.name]
    assert await sources.remove(OWNER, "Autre") == 0
    assert (await acts(follows, "source.added"), await acts(follows, "source.removed")) == (2, 1)


async def test_the_source_of_a_collection_that_one_may_not_read_does_not_exist(
    library: "Library", tmp_path: Path
) -> None:
    async with library.parts.pool.connection() as connection:
        closed = await library.parts.catalog.create_collection(connection, "Fermée", owner="/DGS", readers=["/DGS"])
    follows = Following(library, closed, None, "Secrète")  # type: ignore[arg-type]
    sources = follows.sources()
    await sources.add(OWNER, "Secrète", "Fermée", Place(Kind.FOLDER, str(tmp_path)), confined=False)
    for name in ("Secrète", "Nulle part"):
        with pytest.raises(SourceNotFound, match=name):
            await sources.remove(STRANGER, name)
    with pytest.raises(SourceExists):
        await sources.add(OWNER, "SECRÈTE", "Fermée", Place(Kind.FOLDER, str(tmp_path)), confined=False)


async def test_a_schedule_goes_on_only_while_whoever_made_it_may(library: "Library", tmp_path: Path) -> None:
    follows = await following(replace(library, principal=OWNER), tmp_path)
    follows.place.put("a.txt", b"A.")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update source set every_minutes = 1")
    await sync_due(follows)
    await library.do_jobs()
    assert await follows.texts() == {"a.txt": "A."}

    follows.place.put("b.txt", b"B.")
    async with library.parts.pool.connection() as connection:
        await connection.execute("update collection set owner = '/DGOS'")
        await connection.execute("update source set synced_at = synced_at - interval '2 minutes'")
    await sync_due(follows)
    await sync_due(follows)  # not due again at once
    await library.do_jobs()
    assert await follows.texts() == {"a.txt": "A."}
    assert (await acts(follows, "source.failed"), await acts(follows, "access.refused")) == (1, 1)
    (followed,) = await followed_by(follows)
    assert followed.failure


async def test_a_source_has_one_synchronisation_at_a_time(follows: Following) -> None:
    sources, pool = follows.sources(), follows.library.parts.pool
    (followed,) = await followed_by(follows)
    async with leased(pool, SourceTable(), followed):
        with pytest.raises(SourceBusy):
            await synced(follows, OWNER)
        with pytest.raises(SourceBusy):
            await sources.remove(OWNER, follows.name)
    await synced(follows, OWNER)


async def test_a_lease_goes_on_while_its_holder_lives(follows: Following, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LEASE_S", 0.3)
    pool = follows.library.parts.pool
    (followed,) = await followed_by(follows)

    async def until() -> object:
        async with pool.connection() as connection:
            row = await (await connection.execute("select leased_until from source")).fetchone()
        return row and row[0]

    async with leased(pool, SourceTable(), followed):
        first = await until()
        while await until() == first:  # noqa: ASYNC110 (the database tells nobody)
            await asyncio.sleep(0.01)
        with pytest.raises(SourceBusy):
            await synced(follows, OWNER)
    assert await until() is None


async def test_who_stops_listening_stops_the_synchronisation_and_lets_others_at_it(follows: Following) -> None:
    for n in range(3):
        follows.place.put(f"{n}.txt", f"Texte {n}.".encode())
    async with aclosing(follows.sources().sync(OWNER, follows.name)) as steps:
        await anext(steps)
    await follows.sync()
    assert len(await follows.texts()) == 3


async def test_who_keeps_collections_chooses_below_the_folders_of_the_settings_alone(
    follows: Following, tmp_path: Path
) -> None:
    opened, shut = tmp_path / "ouvert", tmp_path / "fermé"
    (shut / "notes").mkdir(parents=True)
    opened.mkdir()
    (opened / "lien").symlink_to(shut)
    sources = follows.sources(opening=Opening({}, (opened,)))
    for path in (shut, tmp_path, opened / "..", opened / "lien" / "notes", Path("/")):
        for kind in (Kind.FOLDER, Kind.LINES):
            with pytest.raises(SourceInvalid, match="ASSISTANT_FOLLOWED_FOLDERS"):
                await sources.add(OWNER, "Autre", follows.collection.id, Place(kind, str(path)))
    added = await sources.add(OWNER, "Autre", follows.collection.id, Place(Kind.FOLDER, str(opened / "notes")))
    assert added.place.location == str(opened / "notes")


async def test_what_somebody_asks_for_is_due_once(follows: Following) -> None:
    sources = follows.sources()
    assert await sources.due() == []
    for _ in range(2):  # the same form, sent twice
        await sources.ask(OWNER, follows.name)
    assert await acts(follows, "source.asked") == 1
    assert [one.name for one in await sources.due()] == [follows.name]
    await sync_due(follows)
    assert await sources.due() == []
    with pytest.raises(Refused):
        await sources.ask(STRANGER, follows.name)
