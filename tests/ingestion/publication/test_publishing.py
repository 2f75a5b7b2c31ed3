"""Changes wait in the draft, reach readers by publication, and go back by one step."""

import json

from ingestion.publication.waiting import Change
from tests.ingestion.publication.conftest import Shelf

BEFORE = {"same": "Pareil.", "changed": "Avant.", "gone": "À retirer."}
AFTER = {"same": "Pareil.", "changed": "Après.", "new": "Nouveau."}


async def prepared(shelf: Shelf) -> None:
    await shelf.receive(same="Pareil.", changed="Après.", new="Nouveau.")
    await shelf.remove("gone")


async def test_what_changes_waits_until_it_is_published_and_comes_back_by_one_step(shelf: Shelf) -> None:
    await prepared(shelf)
    assert await shelf.found() == BEFORE

    await shelf.publish()
    assert await shelf.found() == AFTER
    assert (await shelf.publication.overview(shelf.keeper, shelf.collection.id)).counts.by == {}

    await shelf.roll_back()
    assert await shelf.found() == BEFORE

    await shelf.publish()
    assert await shelf.found() == AFTER


async def test_what_waits_is_shown_by_what_it_does(shelf: Shelf) -> None:
    await prepared(shelf)

    waiting = await shelf.publication.changes(shelf.keeper, shelf.collection.id)

    assert {one.id: one.change for one in waiting} == {
        "changed": Change.CHANGED,
        "new": Change.ADDED,
        "gone": Change.REMOVED,
    }


async def test_versions_only_rise_and_old_citations_still_open(shelf: Shelf) -> None:
    await prepared(shelf)
    await shelf.publish()
    await shelf.roll_back()

    async with shelf.publication.pool.connection() as connection:
        catalog = shelf.publication.catalog
        changed = await catalog.document(connection, shelf.collection.id, "changed")
        texts = [(await catalog.text(connection, shelf.collection.id, "changed", n)).text for n in (1, 2, 3)]
        gone = await catalog.text(connection, shelf.collection.id, "gone", 1)
    assert changed is not None
    assert (changed.version, texts) == (3, ["Avant.", "Après.", "Avant."])
    assert gone.text == "À retirer."


async def test_each_step_is_on_record(shelf: Shelf) -> None:
    await prepared(shelf)
    await shelf.publish()
    await shelf.roll_back()

    acts = [json.loads(body)["act"] for body in await shelf.library.acts()]
    told = [act for act in acts if act.split(".")[0] in ("publication", "collection", "removal")]
    assert told == [
        "collection.review_set",
        "removal.staged",
        "publication.submitted",
        "publication.checked",
        "publication.measured",
        "publication.decided",
        "collection.published",
        "publication.decided",
        "collection.pulled_back",
    ]
