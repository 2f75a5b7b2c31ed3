"""What a source brings to a reviewed collection waits in its draft, and so does what the guardrails keep aside."""

from dataclasses import replace

from ingestion.publication.waiting import Change
from policies import Concern, Response
from retrieval import Choice, Collections, DocumentState, Quarantine
from tests.ingestion.conftest import Library
from tests.ingestion.following import Following
from tests.ingestion.publication.conftest import Shelf


def shelf_of(follows: Following, shelf: Shelf) -> Shelf:
    return replace(shelf, collection=follows.collection, keeper=follows.library.principal)


async def test_what_a_source_changes_waits_to_be_published(shelf: Shelf, follows: Following) -> None:
    shelf = shelf_of(follows, shelf)
    for key, text in {"a.txt": "Un.", "b.txt": "Deux.", "c.txt": "Trois."}.items():
        follows.place.put(key, text.encode())
    await follows.sync()
    await shelf.publication.set_reviewed(shelf.keeper, shelf.collection.id, True)

    follows.place.put("a.txt", b"Autre.")
    follows.place.put("d.txt", b"Quatre.")
    follows.place.delete("b.txt")
    (follows.place.folder / "c.txt").replace(follows.place.folder / "e.txt")
    assert await follows.sync() == {"added": 1, "changed": 1, "renamed": 1, "removed": 1}
    assert await texts(shelf) == ["Deux.", "Trois.", "Un."]
    assert await follows.sync() == {"unchanged": 3}
    waiting = await shelf.publication.changes(shelf.keeper, shelf.collection.id)
    assert [one.change for one in waiting] == [Change.ADDED, Change.CHANGED, Change.REMOVED]

    await shelf.publish()
    assert await texts(shelf) == ["Autre.", "Quatre.", "Trois."]
    assert await follows.sync() == {"unchanged": 3}


async def texts(shelf: Shelf) -> list[str]:
    """Of what readers find."""
    return sorted((await shelf.found()).values())


async def test_what_waits_for_a_decision_in_a_draft_is_decided_by_its_keepers(shelf: Shelf, library: Library) -> None:
    parts, keeper = library.parts, shelf.keeper
    collections = Collections(parts.pool, library.policy, parts.catalog, parts.ledger)
    await collections.set_guardrails(keeper, shelf.collection.id, {Concern.MARKING: Response.QUARANTINE})
    await shelf.receive(marked="DIFFUSION RESTREINTE")
    counts = (await shelf.publication.overview(keeper, shelf.collection.id)).counts
    assert (counts.left(DocumentState.QUARANTINED), counts.ready) == (1, 0)

    quarantine = Quarantine(parts.pool, library.policy, parts.catalog, parts.ledger, parts.quarantine)
    [(name, held)] = await quarantine.waiting(keeper)
    assert name == shelf.collection.name
    await quarantine.decide(keeper, held.id, Choice.REFUSED, "Elle est restreinte.")
    counts = (await shelf.publication.overview(keeper, shelf.collection.id)).counts
    assert (counts.left(DocumentState.FAILED), counts.ready) == (1, 0)
