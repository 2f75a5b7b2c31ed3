"""Where a collection asks for two people, who signs the checklist does not publish."""

import json
from dataclasses import replace

import pytest

from ingestion.publication.errors import SecondPersonNeeded, UnderWay
from policies import Refused
from tests.ingestion.publication.conftest import EVERYBODY, SEEN_TO, Shelf


async def test_who_signs_does_not_publish_where_two_people_are_asked_for(shelf: Shelf) -> None:
    publication, which = shelf.publication, shelf.collection.id
    other = replace(shelf.keeper, subject="s-gaston", username="gaston")
    await publication.set_four_eyes(shelf.keeper, which, True)
    await publication.set_four_eyes(shelf.keeper, which, True)  # changes nothing, and is not told
    await shelf.receive(new="Nouveau.")
    change = await shelf.submit()

    with pytest.raises(SecondPersonNeeded):
        await publication.publish(shelf.keeper, which, EVERYBODY, change)
    with pytest.raises(UnderWay):  # nobody gets around it meanwhile
        await publication.set_four_eyes(shelf.keeper, which, False)
    shown = await publication.overview(other, which)
    assert shown.four_eyes
    assert shown.under_way is not None
    assert shown.under_way.signed_by is not None
    assert shown.under_way.signed_by.username == "gina"
    await publication.publish(other, which, EVERYBODY, change)

    told = [json.loads(body) for body in await shelf.library.acts()]
    assert [one["details"]["four_eyes"] for one in told if one["act"] == "collection.four_eyes_set"] == [True]


async def test_whoever_signed_last_is_the_one_who_signed(shelf: Shelf) -> None:
    publication, which = shelf.publication, shelf.collection.id
    other = replace(shelf.keeper, subject="s-gaston", username="gaston")
    await publication.set_four_eyes(shelf.keeper, which, True)
    await shelf.receive(new="Nouveau.")
    change = await shelf.submit()
    await publication.checking.sign(other, which, SEEN_TO, change)
    with pytest.raises(SecondPersonNeeded):
        await publication.publish(other, which, EVERYBODY, change)
    await publication.publish(shelf.keeper, which, EVERYBODY, change)


async def test_without_it_one_person_signs_and_publishes_and_only_keepers_set_it(shelf: Shelf) -> None:
    await shelf.receive(new="Nouveau.")
    await shelf.publish()
    with pytest.raises(Refused):
        await shelf.publication.set_four_eyes(
            replace(shelf.keeper, groups=frozenset({"/DAJ"})), shelf.collection.id, True
        )
