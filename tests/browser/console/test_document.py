"""One document and the quarantine in each of their states, before axe-core."""

from uuid import UUID

from policies import Act, Json
from retrieval import DocumentMetadata
from tests.browser.console.screen import Screen, opens
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.console.test_document import GUESSED, HOSTILE, address, did, put, value
from tests.ui.console.test_originals import book
from tests.ui.console.test_quarantine import held as quarantined

GUSTAVE, ADELE = "gustave", "adele"
TEXT = "Le congé dure seize semaines.\nIl se demande par écrit."
LATER = "Le congé dure vingt semaines.\nIl se demande par écrit."


async def test_what_is_known_of_it_guessed_wrong_and_changed_by_two(console: Console, screen: Screen) -> None:
    notes = await console.collection("Notes de service", note=TEXT)
    edition = value((await console.get(GUSTAVE, address(notes))).text, "edition")
    await put(console, notes, GUESSED, TEXT)
    await screen.shows(await console.get(GUSTAVE, address(notes)), "2 à vérifier", picture="document")
    typed = {"edition": edition, "title": "Le titre de Gustave", "signed_on": "31/02/2026"}
    await screen.shows(await console.post(GUSTAVE, address(notes), typed), "Cette date n’existe pas")
    late = await console.post(GUSTAVE, address(notes), typed | {"signed_on": ""})
    await screen.shows(late, "Une autre personne a changé cette fiche")
    async with console.pool.connection() as connection:
        await connection.execute("update document set state = 'failed', failure = 'Ce fichier est vide.'")
    await screen.shows(await console.get(GUSTAVE, address(notes)), "Ce document n’a pas pu être lu")


async def test_its_text_its_versions_and_who_may_see_it(console: Console, screen: Screen) -> None:
    notes = await console.collection("Notes de service", note=TEXT)
    await put(console, notes, DocumentMetadata("Note sur le congé"), LATER, "v2")
    compared = await console.get(GUSTAVE, address(notes, onglet="versions", avec="1", version="2"))
    await screen.shows(compared, "1 différence", picture="document-versions")
    own = await console.get(GUSTAVE, address(notes, onglet="acces"))
    await screen.shows(own, "Lue par tous les agents.", opens("La règle"), picture="document-acces")
    cited: dict[str, Json] = {"collection_id": str(notes.id), "document_id": "note", "version": 1}
    await did(console, Act.ANSWER_GIVEN, "bob", answer_id=str(UUID(int=1)), cited=[cited], unsupported=1)
    await console.services.auditing.projection.catch_up()
    counted = await console.get(GUSTAVE, address(notes, onglet="citations"))
    await screen.shows(counted, "Réponses qui le citent", picture="document-citations")


async def test_beside_its_original_which_is_read_again(console: Console, screen: Screen) -> None:
    livre = await book(console, 2)
    async with console.pool.connection() as connection:
        await connection.execute("update received set name = 'Guides/congés.pdf'")
    page = await console.get(GUSTAVE, address(livre.collection, "livre", onglet="texte", morceau="3"))
    await screen.shows(page, "Page 2 sur 2", picture="document-texte")
    again = await console.post(GUSTAVE, address(livre.collection, "livre", below="/relecture"))
    await screen.shows(again, "L’original va être relu")


async def test_it_is_repealed_and_removed_by_forms_that_are_not_whole(console: Console, screen: Screen) -> None:
    notes = await console.collection("Notes de service", note=TEXT, nouveau="Un texte nouveau.")
    changed = {"title": "Décret du congé", "number": "2026-99"}
    await console.services.documents.correct(PEOPLE[ADELE], "Notes de service", "nouveau", changed)
    looked = await console.get(GUSTAVE, address(notes, onglet="abrogation", texte="decret conge"))
    sent = {"edition": value(looked.text, "edition"), "by": f"{notes.id}/nouveau"}
    way = address(notes, below="/abrogation", texte="decret conge")
    await screen.shows(await console.post(GUSTAVE, way, sent), "Donnez le premier jour", picture="document-abrogation")
    asked = await console.post(GUSTAVE, address(notes, below="/retrait"))
    await screen.shows(asked, "Cochez la case", picture="document-retrait")


async def test_what_waits_for_a_decision(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(GUSTAVE, "/quarantaine"), "Aucun résultat")
    notes = await console.collection("Notes de service")
    number = await quarantined(console, notes)
    await quarantined(console, notes, "autre", digest=b"autre")
    async with console.pool.connection() as connection:  # as ministries write
        words = {"hostile": HOSTILE, "plain": "sur la permanence du samedi"}
        await connection.execute(
            "update document_version set text = replace(text, %(hostile)s, %(plain)s), title = 'Note ' || %(plain)s",
            words,
        )
        await connection.execute("update quarantine set unseen = replace(unseen, %(hostile)s, %(plain)s)", words)
    await screen.shows(await console.get(GUSTAVE, "/quarantaine"), "DIFFUSION RESTREINTE", picture="quarantaine")
    wrong = await console.get(GUSTAVE, "/quarantaine?depuis=2026-02-01&jusque=2026-01-01")
    await screen.shows(wrong, "finit avant")
    await screen.shows(await console.get(GUSTAVE, address(notes)), "Ce document attend une décision")
    whole = await console.get(GUSTAVE, f"/quarantaine/{number}")
    await screen.shows(whole, "Ce que le fichier cache à ses lecteurs", picture="quarantaine-document")
    form = {"choice": "", "alike": "seul", "reason": " "}
    await screen.shows(await console.post(GUSTAVE, f"/quarantaine/{number}", form), "Dites ce que vous décidez")
