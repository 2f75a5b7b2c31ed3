"""«Personnes»: who is in the realm, what they may do and by which rule, their sessions; names stand in no address."""

from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from policies import Act
from tests.ui.console.conftest import NOTICE, PEOPLE, Console
from tests.ui.control.one_person import OneSession
from tests.ui.elements import Elements
from tests.ui.few_people import FewPeople
from tests.ui.two_people import BOB
from ui.console.people import people_router
from ui.console.people_book import PeopleBook
from ui.console.shell import Shell
from ui.sign_in.ending import PeoplesSessions


class Realm:
    """What the pages are told by Keycloak."""

    def __init__(self) -> None:
        self.people = FewPeople([*PEOPLE.values()])
        self.bobs = OneSession(BOB)


@pytest.fixture
def realm() -> Realm:
    return Realm()


@pytest.fixture
async def pages(console: Console, realm: Realm) -> AsyncIterator[Console]:
    """The pages of people, with Keycloak."""
    services = console.services
    kept = console.pool, services.policy, services.ledger
    book = PeopleBook(*kept, services.catalog, realm.people, PeoplesSessions(*kept, realm.bobs, realm.bobs))
    application = FastAPI(openapi_url=None)
    application.include_router(people_router(Shell(console.caller, *kept, replace(NOTICE, root="")), book))
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://essai") as http:
        yield replace(console, http=http)


async def test_people_are_listed_by_groups_and_roles_and_that_is_recorded(pages: Console) -> None:
    page = await pages.get("adele", "/personnes?groupe=/DAJ")
    assert page.status_code == 200
    assert (f"/personnes/{BOB.subject}" in page.text, ">alice<" in page.text) == (True, False)
    page = await pages.get("adele", "/personnes?role=auditeur")
    assert (">claire<" in page.text, ">bob<" in page.text) == (True, False)
    assert (await pages.get("adele", "/personnes?groupe=/Rien")).status_code == 404
    assert [act for act, _ in await pages.acts()] == [Act.PEOPLE_LISTED] * 2


async def test_names_are_looked_for_in_no_address_and_stand_in_no_record(pages: Console, realm: Realm) -> None:
    page = await pages.post("adele", "/personnes", {"mots": "alic"})
    assert (">alice<" in page.text, ">bob<" in page.text) == (True, False)
    addresses = [each.get(name) or "" for _, each in Elements(page.text).found for name in ("href", "action")]
    assert not any("alic" in address.partition("?")[2] for address in addresses)
    assert [act for act, _ in await pages.acts()] == [Act.PEOPLE_LISTED]
    assert "alic" not in str(await pages.acts())
    assert realm.people.wanted[-1].words == "alic"
    for words in ("x" * 101, "\u202e"):
        assert (await pages.post("adele", "/personnes", {"mots": words})).status_code == 422
    nobody = await pages.post("adele", "/personnes", {"mots": "<script>alert(1)</script>", "page": "2"})
    assert (nobody.status_code, "<script>alert" in nobody.text) == (200, False)


async def test_a_person_is_shown_with_what_the_rules_permit_and_which(pages: Console) -> None:
    await pages.collection("Notes", "/DAJ", ["/DAJ"])
    await pages.collection("Autre", "/DGS", ["/DGS"])
    page = await pages.get("adele", f"/personnes/{BOB.subject}")
    assert ("Notes" in page.text, "Autre" in page.text) == (True, False)
    assert "Oui (agent-reads-collection-of-their-group)" in page.text
    assert "Terminer la session" in page.text
    act, details = (await pages.acts())[-1]
    assert (act, details) == (Act.PERSON_OPENED, {"subject": BOB.subject, "sessions": 1, "collections": 1})


async def test_a_session_is_ended_here_and_at_keycloak_once(pages: Console, realm: Realm) -> None:
    address = f"/personnes/{BOB.subject}/sessions/{realm.bobs.session.id}/fin"
    assert "La session est terminée" in (await pages.post("adele", address)).text
    assert (realm.bobs.here, realm.bobs.there) == (False, False)
    assert "était déjà terminée" in (await pages.post("adele", address)).text


async def test_groups_are_a_tree_and_its_look_is_recorded(pages: Console) -> None:
    page = await pages.get("adele", "/personnes/groupes")
    assert "groupe=%2FDGS%2FBureau-A" in page.text
    assert (await pages.acts())[-1] == (Act.GROUPS_LISTED, {"groups": 3})


async def test_a_silent_keycloak_is_said(pages: Console, realm: Realm) -> None:
    realm.people.silent = True
    for path in ("/personnes", "/personnes/groupes", f"/personnes/{BOB.subject}"):
        page = await pages.get("adele", path)
        assert (page.status_code, "Keycloak ne répond pas" in page.text) == (503, True)
    assert await pages.acts() == []


@pytest.mark.parametrize("subject", ["s-nobody", "..", "%3Cb%3E", "x" * 65, "é"])
async def test_who_is_not_there_is_not_found(pages: Console, subject: str) -> None:
    assert (await pages.get("adele", f"/personnes/{subject}")).status_code == 404


async def test_who_keeps_collections_alone_sees_nobody_and_that_is_recorded(pages: Console, realm: Realm) -> None:
    for answer in (
        await pages.get("gustave", "/personnes"),
        await pages.post("gustave", "/personnes", {"mots": "b"}),
        await pages.get("gustave", "/personnes/groupes"),
        await pages.get("gustave", f"/personnes/{BOB.subject}"),
        await pages.post("gustave", f"/personnes/{BOB.subject}/sessions/{uuid4()}/fin"),
    ):
        assert (answer.status_code, ">bob<" in answer.text) == (403, False)
    assert [details["action"] for _, details in await pages.acts()] == ["administerPeople"] * 5
    assert realm.bobs.here


async def test_without_keycloak_the_page_says_what_to_do(console: Console) -> None:
    page = await console.get("adele", "/personnes")
    assert (page.status_code, "ASSISTANT_KEYCLOAK" in page.text) == (200, True)
    assert (await console.get("gustave", "/personnes")).status_code == 403
