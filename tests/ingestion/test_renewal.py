"""What an earlier pipeline made, made anew from the originals that are kept."""

import json

import pytest

from ingestion import Renewal, batch, incoming, reception
from policies import Principal, Refused
from tests.ingestion.conftest import Library, Write
from tests.ingestion.records import lines


@pytest.fixture
def renewal(library: Library) -> Renewal:
    parts = library.parts
    return Renewal(parts.pool, library.policy, parts.catalog, parts.ledger, parts.blobs, library.queue)


async def test_documents_are_found_as_they_were_until_they_are_made_anew(
    library: Library, renewal: Renewal, write: Write
) -> None:
    collection = await library.create("RH")
    note = write("note.txt", "Une note.")
    with pytest.MonkeyPatch.context() as earlier:
        for module in (reception, incoming, batch):
            earlier.setattr(module, "PIPELINE", "an earlier one")
        await library.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.", empty=" ")), note)
    before = {("a", 1, 0, "Un."), ("b", 1, 0, "Deux."), (str(note), 1, 0, "Une note.")}

    assert await renewal.renew(library.principal, "RH") == 3
    assert await library.points(collection) == before
    await library.do_jobs()

    assert await library.points(collection) == {(document, 2, ordinal, text) for document, _, ordinal, text in before}
    assert await renewal.renew(library.principal, "RH") == 0
    unchanged = await library.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.")), note)
    assert (unchanged.unchanged, unchanged.changed) == (3, 0)
    acts = [json.loads(act) for act in await library.acts()]
    received = [act["details"] for act in acts if act["act"] == "document.received"]
    assert sorted(one["version"] for one in received) == [1, 1, 1, 1, 2, 2, 2]


async def test_who_may_not_add_may_not_have_anything_made_anew(
    library: Library, renewal: Renewal, agent: Principal
) -> None:
    await library.create("RH")
    with pytest.raises(Refused):
        await renewal.renew(agent, "RH")
