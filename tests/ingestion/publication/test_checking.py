"""What keeps a change from its readers: a checklist, figures that fall, a change that moved, another who was faster."""

import asyncio
import json
from dataclasses import replace

import pytest

from ingestion.publication.errors import (
    ChangeMoved,
    ChecklistInvalid,
    ChecklistMissing,
    DraftHolds,
    FiguresFell,
    FiguresMissing,
    NothingSubmitted,
    NothingToPublish,
    NothingToRollBack,
    NotReviewed,
    StillReading,
    UnderWay,
)
from policies import Principal, Refused, Role
from retrieval import CollectionNotFound, DocumentNotFound, Stage
from retrieval.errors import CollectionPaused
from tests.ingestion.publication.conftest import EVERYBODY, SEEN_TO, Question, Shelf, asking
from tests.ingestion.records import lines

# Readers find it now; what waits has nothing of it.
ASKED = Question("q", "Que faut-il retirer ?", frozenset({"gone"}))


async def publish(shelf: Shelf, change: str, reason: str = "") -> None:
    await shelf.publication.publish(shelf.keeper, shelf.collection.id, EVERYBODY, change, reason)


async def test_figures_that_fall_block_and_are_forced_by_a_reason_that_is_kept_apart(shelf: Shelf) -> None:
    shelf = asking(shelf, ASKED)
    await shelf.remove("gone")
    change = await shelf.submit()
    figures = await shelf.measure()
    assert (figures.before["recall@10"], figures.after["recall@10"]) == (1.0, 0.0)

    with pytest.raises(FiguresFell):
        await publish(shelf, change)
    with pytest.raises(FiguresFell):
        await publish(shelf, change, "   ")
    await publish(shelf, change, "La note est abrogée.")

    told = [json.loads(body) for body in await shelf.library.acts()]
    [forced] = [one for one in told if one["act"] == "publication.forced"]
    assert forced["details"]["fallen"] == ["recall@10", "mrr@10"]
    assert list(forced["content"]) == ["reason"]
    assert "abrogée" not in json.dumps(told, ensure_ascii=False)


async def test_what_the_draft_replaces_is_measured_as_it_would_be(shelf: Shelf) -> None:
    shelf = asking(shelf, Question("q", "Après quoi ?", frozenset({"changed"})))
    await shelf.receive(changed="Après.")
    await shelf.submit()
    figures = await shelf.measure()
    assert figures.after["recall@10"] == 1.0
    assert not figures.fallen


async def test_nothing_is_published_that_nobody_checked_or_measured(shelf: Shelf) -> None:
    await shelf.receive(new="Nouveau.")
    checking, keeper, which = shelf.publication.checking, shelf.keeper, shelf.collection.id
    with pytest.raises(NothingSubmitted):
        await publish(shelf, "")
    await checking.submit(keeper, which)
    change = (await shelf.publication.overview(keeper, which)).change
    with pytest.raises(ChecklistMissing):
        await publish(shelf, change)
    with pytest.raises(ChecklistInvalid):
        await checking.sign(keeper, which, replace(SEEN_TO, freshness=False), change)
    await checking.sign(keeper, which, SEEN_TO, change)
    with pytest.raises(FiguresMissing):
        await publish(shelf, change)


async def test_what_moved_since_is_checked_anew(shelf: Shelf) -> None:
    await shelf.receive(new="Nouveau.")
    change = await shelf.submit()
    await shelf.receive(new="Plus nouveau.")

    with pytest.raises(ChangeMoved):
        await publish(shelf, change)
    now = (await shelf.publication.overview(shelf.keeper, shelf.collection.id)).change
    with pytest.raises(ChangeMoved):
        await publish(shelf, now)
    await publish(shelf, await shelf.check())


async def test_of_two_who_publish_at_once_one_is_told(shelf: Shelf) -> None:
    await shelf.receive(new="Nouveau.")
    change = await shelf.submit()
    outcomes = await asyncio.gather(publish(shelf, change), publish(shelf, change), return_exceptions=True)
    assert [type(one) for one in outcomes if one is not None] == [UnderWay]


async def test_of_two_who_carry_it_out_at_once_neither_harms_the_other(shelf: Shelf) -> None:
    await shelf.receive(changed="Après.", new="Nouveau.")
    change = await shelf.submit()
    row = await shelf.publication.publish(shelf.keeper, shelf.collection.id, EVERYBODY, change)
    await asyncio.gather(*(shelf.carry_out(row.id) for _ in range(3)))
    assert await shelf.found() == {"same": "Pareil.", "changed": "Après.", "gone": "À retirer.", "new": "Nouveau."}


async def test_what_is_being_read_is_waited_for(shelf: Shelf) -> None:
    drafts = shelf.publication.drafts
    await shelf.receive(new="Nouveau.")
    change = await shelf.submit()
    draft = await drafts.draft_of(await shelf.now())
    assert draft is not None
    async with shelf.publication.pool.connection() as connection:
        await shelf.publication.catalog.receive_documents(connection, draft.id, {"later": "0" * 64})
    with pytest.raises(StillReading):
        await publish(shelf, change)


async def test_nothing_to_publish_is_said_unless_the_readers_change(shelf: Shelf) -> None:
    change = await shelf.submit()
    with pytest.raises(NothingToPublish):
        await publish(shelf, change)
    row = await shelf.publication.publish(shelf.keeper, shelf.collection.id, frozenset({"/DGS"}), change)
    await shelf.carry_out(row.id)
    assert (await shelf.now()).readers == {"/DGS"}
    await shelf.roll_back()
    assert (await shelf.now()).readers == EVERYBODY
    with pytest.raises(NothingToRollBack):
        await shelf.roll_back()


async def test_a_collection_that_is_paused_or_deleted_is_not_published(shelf: Shelf) -> None:
    await shelf.receive(new="Nouveau.")
    change = await shelf.submit()
    await _set(shelf, "paused = true")
    with pytest.raises(CollectionPaused):
        await publish(shelf, change)
    await _set(shelf, "paused = false")
    row = await shelf.publication.publish(shelf.keeper, shelf.collection.id, EVERYBODY, change)
    await _set(shelf, "name_key = null, deleted_at = now(), deleted_name_key = name_key")
    assert await shelf.publication.swapping.decided() == []
    assert not await shelf.publication.swapping.step(row.id)
    with pytest.raises(CollectionNotFound):
        await shelf.publication.overview(shelf.keeper, shelf.collection.id)
    await _set(shelf, "name_key = deleted_name_key, deleted_at = null, deleted_name_key = null")
    await shelf.carry_out(row.id)
    assert "new" in await shelf.found()


async def test_the_first_publication_shows_the_collection_and_taking_it_back_hides_it(shelf: Shelf) -> None:
    await _set(shelf, "stage = 'draft'")
    reader = Principal("s-bob", "bob", frozenset({"/DAJ"}), frozenset({Role.AGENT}))
    search = shelf.publication.search
    assert await search.permitted(reader) == []
    await shelf.publish()
    assert [one.id for one in await search.permitted(reader)] == [shelf.collection.id]
    await shelf.roll_back()
    assert await search.permitted(reader) == []
    assert (await shelf.now()).stage is Stage.DRAFT


async def test_nothing_of_a_draft_reaches_a_reader(shelf: Shelf) -> None:
    await shelf.receive(new="Secret de brouillon.")
    draft = await shelf.publication.drafts.draft_of(await shelf.now())
    assert draft is not None
    reader = Principal("s-bob", "bob", frozenset({"/DAJ"}), frozenset({Role.AGENT}))
    search = shelf.publication.search

    assert [one.id for one in await search.permitted(reader)] == [shelf.collection.id]
    found = await search.find_documents(reader, "Secret de brouillon")
    assert "new" not in {one.document_id for one in found.passages}
    with pytest.raises(CollectionNotFound):
        await search.opened(reader, draft.id, shelf.collection.name)
    with pytest.raises(Refused):
        await shelf.publication.changes(reader, shelf.collection.id)
    with pytest.raises(DocumentNotFound):
        async with shelf.publication.pool.connection() as connection:
            await shelf.publication.catalog.text(connection, shelf.collection.id, "new", 1)


async def test_changes_are_seen_at_once_only_where_nothing_waits(shelf: Shelf) -> None:
    await shelf.receive(new="Nouveau.")
    with pytest.raises(DraftHolds):
        await shelf.publication.set_reviewed(shelf.keeper, shelf.collection.id, False)
    await shelf.remove("new")
    await shelf.publication.set_reviewed(shelf.keeper, shelf.collection.id, False)
    await shelf.receive(new="Nouveau.")
    assert "new" in await shelf.found()
    with pytest.raises(NotReviewed):
        await shelf.publication.checking.submit(shelf.keeper, shelf.collection.id)


async def test_what_was_imported_once_and_stays_the_same_waits_for_nothing(shelf: Shelf) -> None:
    path = shelf.write("same.jsonl", lines(same="Pareil.", changed="Avant."))
    await shelf.library.receive(shelf.collection.name, path)
    await shelf.receive(same="Pareil.", changed="Avant.")
    assert (await shelf.publication.overview(shelf.keeper, shelf.collection.id)).counts.by == {}


async def _set(shelf: Shelf, change: str) -> None:
    async with shelf.publication.pool.connection() as connection:
        await connection.execute(f"update collection set {change} where id = %s", [shelf.collection.id])  # noqa: S608
