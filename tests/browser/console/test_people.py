"""Glossary, announcements, people, and what cannot be, in each of their states, before axe-core."""

import datetime as dt
from dataclasses import replace

import httpx
from fastapi import FastAPI

from tests.browser.console.screen import Screen, opens
from tests.ui.console.conftest import NOTICE, Console
from tests.ui.console.test_announcements import FORM
from tests.ui.console.test_glossary import ARS, _send_file
from tests.ui.console.test_people import Realm
from tests.ui.two_people import BOB
from ui.console.announcements import announcements_router
from ui.console.shell import Shell
from ui.pages import PARIS
from ui.paris import field_value

ADELE = "adele"
CSV = "sigle;développé\nARS;agence régionale de santé, en région\nALD;affection de longue durée\n"


async def test_the_glossary(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(ADELE, "/glossaire"), "Aucun résultat")
    wrong = await console.post(ADELE, "/glossaire", ARS | {"sigle": "T2A"})
    await screen.shows(wrong, "lettres")
    for short, long in (("ARS", ARS["developpe"]), ("CHU", "centre hospitalier universitaire")):
        await console.post(ADELE, "/glossaire", {"sigle": short, "developpe": long})
    await screen.shows(await console.get(ADELE, "/glossaire?tri=-sigle"), "1 à 2 sur 2", picture="glossaire")
    late = {"avant": "ARS", "edition": "0", "sigle": "ARS", "developpe": "autre chose"}
    second = await console.post(ADELE, "/glossaire/sigle", late)
    await screen.shows(second, "entre-temps", picture="glossaire-sigle")
    compared = await _send_file(console, CSV.encode())
    await screen.shows(compared, "Ce qui changerait", opens("Sigles ajoutés"), picture="glossaire-fichier")
    await screen.shows(await _send_file(console, b"ARS;a b\nALD\nT2A;c d\n"), "Rien n’est repris")


async def test_announcements_and_one_that_is_shown_on_every_page(console: Console, screen: Screen) -> None:
    services = console.services
    notice = replace(NOTICE, announced=services.announcements.current)
    application = FastAPI(openapi_url=None)
    shell = Shell(console.caller, console.pool, services.policy, services.ledger, notice)
    application.mount("/a", _announcing(shell, services))
    transport = httpx.ASGITransport(app=application)
    form = FORM | {"text": "Maintenance samedi de 8 h à 10 h."}
    async with httpx.AsyncClient(transport=transport, base_url="http://essai/a") as http:
        pages = replace(console, http=http)
        await screen.shows(await pages.get(ADELE, "/annonces"), "Aucun résultat")
        await screen.shows(await pages.post(ADELE, "/annonces", form | {"faire": "apercu"}), "Rien n’est encore")
        wrong = await pages.post(ADELE, "/annonces", form | {"text": "", "until": "hier", "kind": ""})
        await screen.shows(wrong, "Choisissez l’une des trois sortes")
        for kind in ("info", "warning", "alert"):
            shown = await pages.post(ADELE, "/annonces", form | {"kind": kind})
            await screen.shows(shown, "C’est publié", picture="annonces" if kind == "warning" else "")
        tomorrow = dt.datetime.now(PARIS) + dt.timedelta(days=1)
        change = form | {"edition": "1", "until": field_value(tomorrow)}
        await pages.post(ADELE, "/annonces/1", change)
        late = await pages.post(ADELE, "/annonces/1", change)
        await screen.shows(late, "entre-temps", picture="annonce")
        await pages.post(ADELE, "/annonces/1/retrait")
        await screen.shows(await pages.get(ADELE, "/annonces/1"), "Retirée le")


def _announcing(shell: Shell, services: object) -> FastAPI:
    application = FastAPI(openapi_url=None)
    application.include_router(announcements_router(shell, services.announcements))  # type: ignore[attr-defined]
    return application


async def test_people_of_keycloak(pages: Console, screen: Screen, realm: Realm) -> None:
    await screen.shows(await pages.get(ADELE, "/personnes"), "bob", picture="personnes")
    await screen.shows(await pages.post(ADELE, "/personnes", {"mots": "zoé"}), "Aucune personne")
    await screen.shows(await pages.post(ADELE, "/personnes", {"mots": "x" * 101}), "101")
    await screen.shows(await pages.get(ADELE, "/personnes/groupes"), "Bureau-A", picture="personnes-groupes")
    await pages.collection("Notes de service", "/DAJ", ["/DAJ"])
    one = f"/personnes/{BOB.subject}"
    await screen.shows(await pages.get(ADELE, one), "Terminer la session", picture="personne")
    ended = await pages.post(ADELE, f"{one}/sessions/{realm.bobs.session.id}/fin")
    await screen.shows(ended, "La session est terminée")
    realm.people.silent = True
    await screen.shows(await pages.get(ADELE, "/personnes"), "Keycloak ne répond pas")  # 503


async def test_people_without_keycloak(console: Console, screen: Screen) -> None:
    await screen.shows(await console.get(ADELE, "/personnes"), "ASSISTANT_KEYCLOAK")


async def test_what_cannot_be_is_told_in_the_frame_of_the_console(console: Console, screen: Screen) -> None:
    for who, path, status in (
        ("gustave", "/modeles", 403),
        ("gustave", "/collections/rien", 404),
    ):
        answer = await console.get(who, path)
        assert answer.status_code == status
        await screen.shows(answer, "Cela n’a pas pu se faire", picture="refus" if status == 403 else "")
    outside = await console.get("bob", "/collections")
    await screen.shows(outside, "Réservé à qui tient des collections")
