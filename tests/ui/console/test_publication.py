"""«Publication»: a collection and its changes on their way, by forms."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from policies import Act
from retrieval import Collection
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.elements import Elements

SIGNED = {
    "source": "DAJ",
    "licence": "Licence ouverte",
    "personal_data": "oui",
    "freshness": "oui",
    "reviewed_by": "Adèle",
}


@pytest.fixture
async def notes(console: Console) -> Collection:
    """One whose changes are checked; its draft would change one document and take another out."""
    notes = await console.collection("Notes", readers=["/DGS"], congés="Dix jours.", repas="À midi.")
    publication, keeper = console.services.publication, PEOPLE["gustave"]
    await publication.set_reviewed(keeper, notes.id, True)
    collection: Collection = await publication.collection(keeper, notes.id)
    draft = await publication.drafts.with_copies(collection, ["congés"])
    async with console.pool.connection() as connection:
        await console.services.catalog.correct(connection, draft.id, "congés", {"title": "Congés annuels"})
    await publication.drafts.remove(keeper, collection, ["repas"])
    return collection


def edition(page: str) -> str:
    return next(str(one["value"]) for one in Elements(page).of("input") if one.get("name") == "edition")


async def ended(console: Console, who: str, kind: str) -> None:
    await console.services.long_work.ended(PEOPLE[who], kind)


async def published(console: Console, notes: Collection, answers: Mapping[str, str]) -> Any:
    """All steps by forms, as `gustave`; gives the page after the last one."""
    way = f"/publication/{notes.id}"
    page = (await console.post("gustave", f"{way}/soumission")).text
    await console.post("gustave", f"{way}/liste", SIGNED | {"edition": edition(page)})
    await console.post("gustave", f"{way}/mesure")
    await ended(console, "gustave", f"publication measured {notes.id}")
    page = (await console.get("gustave", way)).text
    return await console.post("gustave", f"{way}/publication", {"edition": edition(page), **answers})


async def test_what_waits_is_shown_checked_published_and_taken_back(console: Console, notes: Collection) -> None:
    way = f"/publication/{notes.id}"
    assert "Publiée pour un groupe (/DGS)" in (await console.get("gustave", "/publication?texte=NOTES")).text
    page = (await console.get("gustave", way)).text
    assert ("Congés annuels" in page, "Corrigé (même texte)" in page, "Retiré" in page) == (True, True, True)
    assert "Retiré</td>" not in (await console.get("gustave", f"{way}?nature=corrected")).text
    assert "mot pour mot" in (await console.get("gustave", f"{way}/difference?document=cong%C3%A9s")).text

    answered = await published(console, notes, {"pour": "tous"})
    assert "La publication est lancée" in answered.text
    publication = console.services.publication
    row = (await publication.overview(PEOPLE["gustave"], notes.id)).history[0]
    await ended(console, "gustave", f"publication {row.id}")
    page = (await console.get("gustave", way)).text
    assert ("Lue par&#8239;: tous les agents" in page, "Revenir en arrière" in page) == (True, True)
    assert (await console.get("gustave", f"{way}/suite")).headers["HX-Refresh"] == "true"

    await console.post("gustave", f"{way}/retour")
    await ended(console, "gustave", f"publication {row.id} back")
    page = (await console.get("gustave", way)).text
    assert ("Lue par&#8239;: /DGS" in page, "Annulée" in page, "Congés annuels" in page) == (True, True, True)
    acts = [act for act, _ in await console.acts()]
    assert acts.count(Act.COLLECTION_PUBLISHED) == acts.count(Act.COLLECTION_PULLED_BACK) == 1


async def test_a_form_that_is_not_complete_keeps_what_was_typed(console: Console, notes: Collection) -> None:
    way = f"/publication/{notes.id}"
    await console.post("gustave", f"{way}/soumission")
    typed = {"source": "Une <source>", "edition": "0"}
    answered = await console.post("gustave", f"{way}/liste", typed)
    assert answered.status_code == 422
    assert "Une &lt;source&gt;" in answered.text
    assert len(re.findall('class="fr-error-text"', answered.text)) == 4
    unsaid = await console.post("gustave", f"{way}/publication", {"pour": "groupes", "groupes": ""})
    assert (unsaid.status_code, "Donnez un groupe par ligne" in unsaid.text) == (422, True)
    forged = await console.post("gustave", f"{way}/publication", {"pour": "moi"})
    assert forged.status_code == 422


async def test_the_second_of_two_is_told(console: Console, notes: Collection) -> None:
    way = f"/publication/{notes.id}"
    page = (await console.post("gustave", f"{way}/soumission")).text
    again = await console.post("adele", f"{way}/soumission")
    assert (again.status_code, "déjà en cours" in again.text) == (409, True)
    await console.post("adele", f"{way}/maintien", {"document": "repas"})
    late = await console.post("gustave", f"{way}/liste", SIGNED | {"edition": edition(page)})
    assert (late.status_code, "a changé depuis" in late.text, "Licence ouverte" in late.text) == (409, True, True)


async def test_where_two_people_are_asked_for_the_page_says_so_and_another_publishes(
    console: Console, notes: Collection
) -> None:
    way = f"/publication/{notes.id}"
    assert "devra publier" in (await console.post("gustave", f"{way}/deux-personnes", {"deux": "oui"})).text
    alone = await published(console, notes, {"pour": "tous"})
    assert (alone.status_code, "une autre personne" in alone.text) == (409, True)
    page = (await console.get("adele", way)).text
    assert ("Signée par gustave" in page, "qui signe la liste ne publie pas" in page) == (True, True)
    answered = await console.post("adele", f"{way}/publication", {"edition": edition(page), "pour": "tous"})
    assert "La publication est lancée" in answered.text


async def test_a_fall_is_shown_and_forced_with_a_reason_that_is_no_detail(console: Console, notes: Collection) -> None:
    sets, keeper = console.services.question_sets, PEOPLE["gustave"]
    made = await sets.create(keeper, notes, "Référence")
    await sets.add(keeper, made.id, "À quelle heure est le repas ?", ["repas"])
    await sets.change(keeper, made.id, "Référence", golden=True, edition=(await sets.get(keeper, made.id)).edition)

    blocked = await published(console, notes, {"pour": "memes"})
    assert blocked.status_code == 409
    assert ("en baisse" in blocked.text, "Raison de publier malgré la baisse" in blocked.text) == (True, True)
    forced = {"pour": "memes", "raison": "Le repas part ailleurs.", "edition": edition(blocked.text)}
    assert "lancée" in (await console.post("gustave", f"/publication/{notes.id}/publication", forced)).text
    told = [(act, details) for act, details in await console.acts() if act == Act.PUBLICATION_FORCED]
    assert [details["fallen"] for _, details in told] == [["recall@10", "mrr@10"]]
    assert "ailleurs" not in json.dumps(await console.acts())


async def test_who_does_not_keep_it_is_told_that_there_is_none(console: Console, notes: Collection) -> None:
    for who in ("gina",):
        assert "Notes" not in (await console.get(who, "/publication")).text
        assert (await console.get(who, f"/publication/{notes.id}")).status_code == 404
        assert (await console.get(who, f"/publication/{notes.id}/difference?document=repas")).status_code == 404
        assert (await console.post(who, f"/publication/{notes.id}/soumission")).status_code == 404
    assert (await console.get("adele", "/publication/rien")).status_code == 404
    assert (await console.get("bob", "/publication")).status_code == 403
