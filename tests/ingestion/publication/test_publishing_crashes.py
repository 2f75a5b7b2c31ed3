"""A crash at any step of publishing, and of rolling back; the same once more ends the same, and readers always find."""

from dataclasses import replace
from uuid import UUID

import pytest

from ingestion.publication import swap
from tests.ingestion.import_steps import Failure
from tests.ingestion.publication.conftest import EVERYBODY, Shelf
from tests.ingestion.publication.test_publishing import AFTER, BEFORE, prepared
from tests.ingestion.steps import Steps

EITHER = {"same": {"Pareil."}, "changed": {"Avant.", "Après."}}


async def carried_out(shelf: Shelf, publication_id: UUID, steps: Steps) -> None:
    """Until the last of these steps."""
    publication = shelf.publication
    counted = replace(
        publication,
        pool=steps.pool(publication.pool),
        ledger=steps.through(publication.ledger),
        index=steps.through(publication.index),
    )
    await replace(shelf, publication=counted).carry_out(publication_id)


async def decided(shelf: Shelf) -> UUID:
    change = await shelf.submit()
    return (await shelf.publication.publish(shelf.keeper, shelf.collection.id, EVERYBODY, change)).id


async def decided_back(shelf: Shelf) -> UUID:
    return (await shelf.publication.roll_back(shelf.keeper, shelf.collection.id)).id


async def assert_that_readers_find(shelf: Shelf) -> None:
    """Of what stays, the old or the new, and everything that is found opens in the version that was found."""
    found: dict[str, set[str]] = {}
    for document_id, version, _, text in await shelf.library.points(shelf.collection):
        async with shelf.publication.pool.connection() as connection:
            said = await shelf.publication.catalog.text(connection, shelf.collection.id, document_id, version)
        assert said.text == text
        found.setdefault(document_id, set()).add(text)
    for document_id, texts in EITHER.items():
        assert found[document_id]
        assert found[document_id] <= texts
    assert found.keys() <= BEFORE.keys() | AFTER.keys()


async def test_after_a_crash_at_any_step_the_same_once_more_ends_the_same(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swap, "AT_ONCE", 2)
    await prepared(shelf)
    undisturbed = Steps(None)
    await carried_out(shelf, await decided(shelf), undisturbed)
    await carried_out(shelf, await decided_back(shelf), undisturbed)
    assert await shelf.found() == BEFORE
    assert undisturbed.count > 60

    for crash_at in range(1, undisturbed.count // 2 + 5):
        for decide, expected in ((decided, AFTER), (decided_back, BEFORE)):
            publication_id = await decide(shelf)
            steps = Steps(crash_at, error=Failure)
            try:
                await carried_out(shelf, publication_id, steps)
            except Failure:
                await assert_that_readers_find(shelf)
            await shelf.carry_out(publication_id)
            assert await shelf.found() == expected, f"crash at step {crash_at}"
            ended = (await shelf.publication.overview(shelf.keeper, shelf.collection.id)).under_way
            assert ended is None
