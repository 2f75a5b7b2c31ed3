"""The pages of collections, over real stores: who sees and changes which, and what each form takes."""

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from ingestion import Place, SourceKind
from policies import Act
from retrieval import Collection, Stage
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.elements import Elements

PAGES = ("", "/acces", "/regles", "/sources", "/suppression")
FORMS = (
    ("/description", {"name": "Autre"}),
    ("/etat", {"change": "pause"}),
    ("/acces", {"owner": "/DGS", "lecteurs": "tous"}),
    ("/regles/garde-fous", {"marking": "accept"}),
    ("/regles/phrases", {"unsupported": "drop"}),
    ("/regles/conservation", {"months": "3"}),
    ("/sources", {"name": "a", "kind": "webdav", "location": "https://exemple.fr"}),
    ("/sources/synchronisation", {"source": "a"}),
    ("/sources/rythme", {"source": "a", "rythme": "5"}),
    ("/sources/retrait", {"source": "a", "documents": "garder"}),
    ("/suppression", {"typed": "Notes"}),
)

WRONG: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/description", {"name": "", "description": "Gardée"}),
    ("/description", {"name": "x" * 81, "description": "Gardée"}),
    ("/description", {"name": "a\u202eb", "description": "Gardée"}),
    ("/description", {"name": "Notes", "description": "x" * 1001}),
    ("/etat", {"change": "supprimer"}),
    ("/acces", {"owner": "DAJ", "lecteurs": "tous"}),
    ("/acces", {"owner": "/DAJ", "lecteurs": "groupes"}),
    ("/acces", {"owner": "/DAJ", "lecteurs": "personne"}),
    ("/acces", {"owner": "/DAJ", "lecteurs": "groupes", "others": "DGS"}),
    ("/regles/garde-fous", {"marking": "oublier"}),
    ("/regles/phrases", {"unsupported": ["mark", "rien"]}),
    ("/regles/conservation", {"months": "121"}),
    ("/sources", {"name": "", "kind": "folder", "location": "/srv"}),
    ("/sources", {"name": "a", "kind": "folder", "location": "/"}),
    ("/sources", {"name": "a", "kind": "s3", "location": "https://nulle-part.exemple"}),
    ("/sources", {"name": "a", "kind": "ftp", "location": "/srv", "every": "0"}),
    ("/sources/synchronisation", {"source": "Nulle part"}),
    ("/sources/rythme", {"source": "Nulle part", "rythme": "-1"}),
    ("/sources/retrait", {"source": "Nulle part"}),
    ("/suppression", {"typed": "Autre"}),
    ("/suppression", {}),
)


def at(collection: Collection, page: str = "") -> str:
    return f"/collections/{collection.id}{page}"


async def now(console: Console, collection: Collection) -> Collection:
    async with console.pool.connection() as connection:
        held: Collection = await console.services.catalog.collection_by_id(connection, collection.id)
    return held


async def edition(console: Console, collection: Collection) -> str:
    return str((await now(console, collection)).edition)


async def test_each_sees_the_collections_that_they_keep_with_what_these_hold(console: Console) -> None:
    notes = await console.collection("Notes", note="Trois jours.", autre="Deux jours.")
    textes = await console.collection("Textes", owner="/DGS", readers=["/DGS"])
    page = (await console.get("adele", "/collections")).text
    assert page.index("Notes") < page.index("Textes")
    assert "Lue par tous les agents." in page
    assert re.search(r'<td class="console-number">2</td>', page)
    mine = (await console.get("gustave", "/collections")).text
    assert at(notes) in mine
    assert at(textes) not in mine
    assert "Nouvelle collection" in page
    assert "Nouvelle collection" not in mine


async def test_the_list_is_narrowed_and_sorted_by_its_address(console: Console) -> None:
    await console.collection("Notes de congé", un="Trois jours.")
    await console.collection("Textes", owner="/DGS", un="Un.", deux="Deux.")
    await console.services.collection_changes.pause(PEOPLE["adele"], "Textes")

    async def shown(query: str) -> list[str]:
        page = (await console.get("adele", f"/collections?{query}")).text
        return re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)</a>', page)

    assert await shown("texte=CONGE") == ["Notes de congé"]
    assert await shown("groupe=/DGS") == ["Textes"]
    assert await shown("signe=paused") == ["Textes"]
    assert await shown("etape=draft") == []
    assert await shown("tri=-documents") == ["Textes", "Notes de congé"]
    assert await shown("tri=documents") == ["Notes de congé", "Textes"]
    assert await shown("tri=-nom&etape=nulle&signe=nul&page=zéro") == ["Textes", "Notes de congé"]
    assert (await console.get("adele", f"/collections?texte={'x' * 600}")).status_code == 422


async def test_what_is_not_theirs_is_not_there_on_any_page_or_form(console: Console) -> None:
    who = "gustave"
    notes = await console.collection("Notes", owner="/SG", readers=["/SG"])
    for page in PAGES:
        assert (await console.get(who, at(notes, page))).status_code == 404
    before = await now(console, notes)
    for path, fields in FORMS:
        sent = await console.post(who, at(notes, path), {"edition": "0", **fields})
        assert sent.status_code == 404, path
    assert await now(console, notes) == before
    for forged in (uuid4(), "nulle-part", "'"):
        assert (await console.get(who, f"/collections/{forged}")).status_code == 404


async def test_of_two_who_give_a_source_another_rhythm_the_second_is_told(console: Console, tmp_path: Path) -> None:
    notes = await console.collection("Notes")
    place = Place(SourceKind.FOLDER, str(tmp_path))
    await console.services.sources.add(PEOPLE["gustave"], "Partage", notes.id, place, 30, confined=False)

    async def sent(who: str, minutes: str, edition: str) -> httpx.Response:
        fields = {"source": "Partage", "rythme": minutes, "edition": edition}
        return await console.post(who, at(notes, "/sources/rythme"), fields)

    assert "Le rythme est enregistré" in (await sent("gustave", "60", "30")).text
    late = await sent("adele", "15", "30")
    assert (late.status_code, "toutes les 60 minutes" in late.text) == (409, True)
    shown = {str(one.get("name")): one.get("value") for one in Elements(late.text).of("input")}
    assert (shown["rythme"], shown["edition"]) == ("15", "60")
    wrong = await sent("adele", "0", "60")
    assert (wrong.status_code, "Donnez un nombre entier" in wrong.text) == (422, True)
    assert "Le rythme est enregistré" in (await sent("adele", "", "60")).text
    told = [details for act, details in await console.acts() if act == Act.SOURCE_RESCHEDULED]
    assert [(one["before"], one["every_minutes"]) for one in told] == [(30, 60), (60, None)]


async def test_who_reads_a_collection_and_does_not_keep_it_does_not_find_it_here(console: Console) -> None:
    notes = await console.collection("Notes", owner="/DGS")  # which all agents read
    for page in PAGES:
        assert (await console.get("gustave", at(notes, page))).status_code == 404


async def test_an_administrator_makes_a_collection_that_begins_as_a_draft(console: Console) -> None:
    fields = {"name": "Notes", "lecteurs": "groupes", "others": "/DGS\n/DAJ", "owner": "/DAJ", "reviewed": "oui"}
    made = await console.post("adele", "/collections/nouvelle", {**fields, "faire": "creer"})
    assert made.status_code == 200
    assert "La collection est créée." in made.text
    assert "Brouillon" in made.text
    async with console.pool.connection() as connection:
        (held,) = await console.services.catalog.collections(connection)
    assert (held.stage, held.reviewed, held.owner, held.readers) == (Stage.DRAFT, True, "/DAJ", {"/DGS", "/DAJ"})
    again = await console.post("adele", "/collections/nouvelle", {**fields, "faire": "creer"})
    assert again.status_code == 422
    assert "existe déjà" in again.text
    assert 'value="Notes"' in again.text


async def test_a_gestionnaire_makes_none(console: Console) -> None:
    fields = {"name": "Notes", "lecteurs": "tous", "owner": "/DAJ"}
    assert (await console.get("gustave", "/collections/nouvelle")).status_code == 403
    assert (await console.post("gustave", "/collections/nouvelle", fields)).status_code == 403
    assert [act for act, _ in await console.acts()] == ["access.refused"] * 2


async def test_what_is_wrong_in_a_form_is_said_and_changes_nothing(console: Console) -> None:
    notes = await console.collection("Notes")
    for path, fields in WRONG:
        sent = await console.post("gustave", at(notes, path), {"edition": str(notes.edition), **fields})
        assert sent.status_code == 422, (path, fields)
        assert re.search("fr-error-text|fr-alert--error|fr-text--lead", sent.text), (path, fields)
        assert ("Gardée" in sent.text) is ("Gardée" in fields.values()), (path, fields)
    assert await now(console, notes) == notes


async def test_a_form_that_is_huge_or_was_not_made_here_is_refused(console: Console) -> None:
    notes = await console.collection("Notes")
    for path, _ in FORMS:
        huge = await console.post("gustave", at(notes, path), {"edition": "0", "name": "x" * 10_000_000})
        assert (huge.status_code in (413, 422), len(huge.text) < 100_000) == (True, True), path
        for forged in ({"edition": "peut-être"}, {"edition": "0", "name": "a\0b"}):
            assert (await console.post("gustave", at(notes, path), forged)).status_code == 422, path
    assert await now(console, notes) == notes


async def test_the_second_of_two_is_told_and_keeps_what_they_typed(console: Console) -> None:
    notes = await console.collection("Notes")
    shown = await edition(console, notes)
    first = await console.post(
        "gustave", at(notes, "/description"), {"name": "Notes", "description": "Un", "edition": shown}
    )
    assert "sont enregistrés" in first.text
    typed = {"name": "Notes à moi", "description": "Deux", "edition": shown}
    second = await console.post("adele", at(notes, "/description"), typed)
    assert second.status_code == 409
    assert "entre-temps" in second.text
    assert 'value="Notes à moi"' in second.text
    others = (
        ("/etat", {"change": "pause"}),
        ("/acces", {"owner": "/DAJ", "lecteurs": "groupes", "others": "/DGS"}),
        ("/regles/phrases", {"unsupported": "drop"}),
        ("/regles/conservation", {"months": "3"}),
        ("/suppression", {"typed": "Notes"}),
    )
    for path, fields in others:
        sent = await console.post("adele", at(notes, path), {"edition": shown, **fields})
        assert (sent.status_code, "entre-temps" in sent.text) == (409, True), path
    held = await now(console, notes)
    assert (held.name, held.description, held.paused, held.readers) == ("Notes", "Un", False, frozenset())
    again = await console.post("adele", at(notes, "/description"), typed | {"edition": await edition(console, notes)})
    assert again.status_code == 200


async def test_pause_archives_rules_and_sources_are_set_from_their_pages(console: Console) -> None:
    notes = await console.collection("Notes")
    for change in ("pause", "resume", "archive", "restore"):
        fields = {"change": change, "edition": await edition(console, notes)}
        assert (await console.post("gustave", at(notes, "/etat"), fields)).status_code == 200
    rules = {
        "garde-fous": {"marking": "refuse", "personal-data": "accept", "instruction": "flag", "hidden": "quarantine"},
        "phrases": {"unsupported": "drop"},
        "conservation": {"months": "6"},
    }
    for rule, fields in rules.items():
        fields = {**fields, "edition": await edition(console, notes)}
        sent = await console.post("gustave", at(notes, f"/regles/{rule}"), fields)
        assert "enregistré" in sent.text
    page = (await console.get("gustave", at(notes, "/regles"))).text
    assert '<option value="refuse" selected>' in page
    assert 'value="6"' in page
    acts = [act for act, _ in await console.acts()]
    assert acts[:4] == ["collection.paused", "collection.resumed", "collection.archived", "collection.restored"]
    assert [act for act in acts if act.endswith(".set")] == ["guardrails.set", "unsupported.set", "retention.set"]


async def test_a_collection_is_deleted_by_its_name_and_recovered(console: Console) -> None:
    notes = await console.collection("Notes", note="Trois jours.")
    fields = {"typed": "notes", "edition": await edition(console, notes)}
    deleted = await console.post("gustave", at(notes, "/suppression"), fields)
    assert "dans la corbeille" in deleted.text
    for who in ("gustave", "adele"):
        for page in PAGES:
            assert (await console.get(who, at(notes, page))).status_code == 404
    assert "Notes" in (await console.get("gustave", "/collections/corbeille")).text
    assert "La corbeille est vide." in (await console.get("gina", "/collections/corbeille")).text
    way = f"/collections/corbeille/{notes.id}"
    for path in ("retablissement", "effacement"):
        assert (await console.post("gina", f"{way}/{path}", {"typed": "Notes"})).status_code == 404
    assert (await console.post("gustave", f"{way}/effacement", {"typed": "Autre"})).status_code == 422
    await console.collection("Notes", owner="/DGS")
    taken = await console.post("gustave", f"{way}/retablissement", {})
    assert (taken.status_code, "existe déjà" in taken.text) == (422, True)
    found = await console.post("gustave", f"{way}/retablissement", {"name": "Notes du service"})
    assert "rétablie" in found.text
    assert (await now(console, notes)).name == "Notes du service"
    assert (await console.post("gustave", f"{way}/retablissement", {})).status_code == 404


async def test_what_is_erased_for_good_is_gone(console: Console) -> None:
    notes = await console.collection("Notes", note="Trois jours.")
    fields = {"typed": "Notes", "edition": await edition(console, notes)}
    await console.post("gustave", at(notes, "/suppression"), fields)
    erased = await console.post("gustave", f"/collections/corbeille/{notes.id}/effacement", {"typed": "Notes"})
    assert "effacée pour de bon" in erased.text
    assert await console.corpus.index.count(frozenset({notes.id})) == 0
    assert [act for act, _ in await console.acts()] == ["collection.deleted", "collection.purged"]


async def test_access_is_tried_before_it_is_saved(console: Console) -> None:
    notes = await console.collection("Notes")
    fields = {
        "owner": "/DAJ",
        "lecteurs": "groupes",
        "others": "/DGS",
        "edition": await edition(console, notes),
        "person": "adele",
        "faire": "essayer",
    }
    tried = await console.post("adele", at(notes, "/acces"), fields)
    assert tried.status_code == 200
    assert "administrateur-does-everything" in tried.text
    assert "readers: [Group::&#34;/DGS&#34;]" in tried.text
    assert (await now(console, notes)).readers == frozenset()
    assert [act for act, _ in await console.acts()] == ["policy.explained"] * 2
    nobody = await console.post("adele", at(notes, "/acces"), fields | {"person": "personne"})
    assert nobody.status_code == 422
    other = await console.post("gustave", at(notes, "/acces"), fields | {"person": "bob"})
    assert (other.status_code, "Seuls les administrateurs" in other.text) == (422, True)
    saved = await console.post("adele", at(notes, "/acces"), fields | {"faire": "enregistrer"})
    assert "Les accès sont enregistrés." in saved.text
    assert (await now(console, notes)).readers == {"/DGS"}


async def test_a_gestionnaire_gives_nothing_away(console: Console) -> None:
    notes = await console.collection("Notes")
    fields = {"owner": "/DGS", "lecteurs": "tous", "edition": await edition(console, notes)}
    sent = await console.post("gustave", at(notes, "/acces"), fields)
    assert (sent.status_code, "vous ne la tiendrez plus" in sent.text) == (403, True)
    assert (await now(console, notes)).owner == "/DAJ"
