"""Signing in and out with the real Keycloak, in a real browser."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, expect

from policies.principal import Role
from tests.browser.chatting import ANSWER, SOURCES, answered, ask
from tests.browser.conftest import SECONDS, Watched
from tests.browser.servers import Signed
from tests.keycloak import PASSWORD

SOURCE = f"{SOURCES} li"

Visit = Callable[[], Awaitable[Page]]


@pytest.fixture
async def visit(browser: Browser) -> AsyncIterator[Visit]:
    """Opens pages, each in a fresh profile; in the end, none asked anything of anybody but us and Keycloak."""
    watched = Watched()

    async def page() -> Page:
        context = await browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 860})
        context.set_default_timeout(SECONDS * 1000)
        opened = await context.new_page()
        watched.watch(opened)
        return opened

    yield page
    assert watched.foreign == []


@dataclass(frozen=True)
class Person:
    """Somebody in the realm."""

    username: str
    subject: str


@pytest.fixture
async def agent(signed: Signed) -> Person:
    """An agent of the group /Cabinet, whom nobody else's test knows."""
    username = f"camille-{uuid4().hex[:8]}"
    async with signed.realm.people() as people:
        return Person(username, await people.add(username, groups=["/Cabinet"], roles=[Role.AGENT]))


async def _sign_in(page: Page, signed: Signed, person: Person, password: str = PASSWORD) -> None:
    await page.goto(signed.url)
    await page.locator("#username").fill(person.username)
    await page.locator("#password").fill(password)
    await page.locator("#kc-login").click()


async def _signed_in(page: Page, signed: Signed, person: Person) -> None:
    await _sign_in(page, signed, person)
    await expect(page.get_by_role("button", name="Choisir où chercher")).to_be_visible()  # the chat has begun


async def test_a_person_signs_in_asks_and_has_one_cookie_that_nothing_else_gets(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await _signed_in(page, signed, agent)
    assert page.url == f"{signed.url}/"
    await expect(page.locator(".banner")).to_have_count(0)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await expect(page.locator(SOURCE)).to_have_count(3)
    ours = [one for one in await page.context.cookies(signed.url) if one["name"].startswith("__Host-")]
    assert [(one["name"], one["httpOnly"], one["secure"], one["sameSite"], one["path"]) for one in ours] == [
        ("__Host-assistant", True, True, "Lax", "/")
    ]
    assert "access_token" not in {one["name"] for one in await page.context.cookies(signed.url)}


async def test_a_wrong_password_opens_nothing(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await _sign_in(page, signed, agent, "faux")
    await expect(page.locator("#username")).to_have_attribute("aria-invalid", "true")
    await page.goto(signed.url)
    await expect(page.locator("#kc-login")).to_be_visible()


async def test_who_has_no_role_is_told_so_and_kept_out(visit: Visit, signed: Signed) -> None:
    username = f"dominique-{uuid4().hex[:8]}"
    async with signed.realm.people() as people:
        person = Person(username, await people.add(username, roles=[]))
    page = await visit()
    await _sign_in(page, signed, person)
    await expect(page.locator("h1")).to_have_text("Connexion impossible")
    await expect(page.locator("main")).to_contain_text("aucun rôle")


async def test_the_page_that_was_asked_for_comes_after_the_sign_in(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await page.goto(f"{signed.url}/thread/{uuid4()}?a=b")
    await page.locator("#username").fill(agent.username)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#kc-login").click()
    await expect(page).to_have_url(re.compile(rf"{re.escape(signed.url)}/(thread/.*)?"))
    await expect(page.locator("#chat-input")).to_be_visible()


async def test_signing_out_here_ends_the_session_there(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await _signed_in(page, signed, agent)
    await page.locator("#user-nav-button").click()
    await page.get_by_role("menuitem", name="Se déconnecter").click()
    await expect(page.locator("h1")).to_have_text("Vous êtes déconnecté")
    await page.get_by_role("link", name="Se reconnecter").click()
    await expect(page.locator("#kc-login")).to_be_visible()


async def test_signing_out_there_ends_the_open_chat_and_another_browser_too(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    pages = [await visit(), await visit()]
    for page in pages:
        await _signed_in(page, signed, agent)
    async with signed.realm.people() as people:
        await people.admin.a_user_logout(agent.subject)
    for page in pages:
        await expect(page.locator("#session-ended")).to_be_visible()
        await page.get_by_role("link", name="Se reconnecter").click()
        await expect(page.locator("#kc-login")).to_be_visible()


async def test_signing_out_in_one_browser_leaves_the_other(visit: Visit, signed: Signed, agent: Person) -> None:
    here, there = await visit(), await visit()
    for page in (here, there):
        await _signed_in(page, signed, agent)
    await here.locator("#user-nav-button").click()
    await here.get_by_role("menuitem", name="Se déconnecter").click()
    await expect(here.locator("h1")).to_have_text("Vous êtes déconnecté")
    await ask(there, "Comment vérifier ?")
    await answered(there)


async def test_an_account_that_is_closed_is_out_in_the_middle_of_an_answer(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await _signed_in(page, signed, agent)
    await ask(page, "Une longue réponse")
    await expect(page.locator(f"{ANSWER} a").first).to_be_visible()
    async with signed.realm.people() as people:
        await people.disable(agent.subject)
    await expect(page.locator("#session-ended")).to_be_visible()
    await page.get_by_role("link", name="Se reconnecter").click()
    await page.locator("#username").fill(agent.username)
    await page.locator("#password").fill(PASSWORD)
    await page.locator("#kc-login").click()
    await expect(page.get_by_text(re.compile("disabled|désactivé"))).to_be_visible()


async def test_a_role_that_is_taken_away_ends_the_chat(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await _signed_in(page, signed, agent)
    async with signed.realm.people() as people:
        await people.take(agent.subject, Role.AGENT)
    await expect(page.locator("#session-ended")).to_be_visible()


async def test_leaving_a_group_hides_its_documents_now_and_in_old_conversations(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await _signed_in(page, signed, agent)
    await ask(page, "Que dit la note ?")
    await answered(page)
    await expect(page.locator(SOURCE).last).to_contain_text("Note réservée")
    async with signed.realm.people() as people:
        await people.leave(agent.subject, "/Cabinet")

    async def sources() -> int:
        await page.goto(signed.url)
        await ask(page, "Et maintenant ?")
        await answered(page)
        return await page.locator(SOURCE).count()

    while await sources() == 3:  # the rights of a moment ago still hold
        pass
    await page.get_by_role("link", name="Que dit la note ?").click()
    await expect(page.locator(ANSWER)).to_contain_text("n’est plus affichée")
    await expect(page.locator(SOURCE)).to_have_count(0)
    await expect(page.locator("body")).not_to_contain_text("Note réservée")


async def test_nobody_opens_the_conversation_of_another(visit: Visit, signed: Signed, agent: Person) -> None:
    username = f"alix-{uuid4().hex[:8]}"
    async with signed.realm.people() as people:
        other = Person(username, await people.add(username))
    page, theirs = await visit(), await visit()
    await _signed_in(page, signed, agent)
    await ask(page, "Ma question à moi")
    await answered(page)
    await page.reload()
    await page.get_by_role("link", name="Ma question à moi").click()
    await expect(page).to_have_url(re.compile("/thread/"))
    await _signed_in(theirs, signed, other)
    conversation = page.url.rsplit("/", 1)[1]
    address, origin = f"{signed.url}/project/thread", {"Origin": signed.url}
    assert (await page.request.get(f"{address}/{conversation}")).ok
    for answer in (
        await theirs.request.get(f"{address}/{conversation}"),
        await theirs.request.put(address, data={"threadId": conversation, "name": "À moi"}, headers=origin),
        await theirs.request.delete(address, data={"threadId": conversation}, headers=origin),
    ):
        assert answer.status == 404
        assert "Ma question à moi" not in await answer.text()
    assert (await page.request.get(f"{address}/{conversation}")).ok
