"""Signing in and out with the real Keycloak, in a real browser."""

import re
from uuid import uuid4

from playwright.async_api import expect

from policies.principal import Role
from tests.browser.chatting import ANSWER, SOURCE, answered, ask
from tests.browser.servers import Signed
from tests.browser.signing_in import Person, Visit, fill_in, sign_in, sign_out, somebody


async def test_a_person_signs_in_asks_and_has_one_cookie_that_nothing_else_gets(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
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
    await page.goto(signed.url)
    await fill_in(page, agent, "faux")
    await expect(page.locator("#username")).to_have_attribute("aria-invalid", "true")
    await page.goto(signed.url)
    await expect(page.locator("#kc-login")).to_be_visible()


async def test_who_has_no_role_is_told_so_and_kept_out(visit: Visit, signed: Signed) -> None:
    page = await visit()
    await page.goto(signed.url)
    await fill_in(page, await somebody(signed.realm, roles=[]))
    await expect(page.locator("h1")).to_have_text("Connexion impossible")
    await expect(page.locator("main")).to_contain_text("aucun rôle")


async def test_the_page_that_was_asked_for_comes_after_the_sign_in(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await page.goto(f"{signed.url}/thread/{uuid4()}?a=b")
    await fill_in(page, agent)
    await expect(page).to_have_url(re.compile(rf"{re.escape(signed.url)}/(thread/.*)?"))
    await expect(page.locator("#chat-input")).to_be_visible()


async def test_signing_out_here_ends_the_session_there(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    await sign_out(page)
    await page.get_by_role("link", name="Se reconnecter").click()
    await expect(page.locator("#kc-login")).to_be_visible()


async def test_signing_out_there_ends_the_open_chat_and_another_browser_too(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    pages = [await visit(), await visit()]
    for page in pages:
        await sign_in(page, signed, agent)
    async with signed.realm.people() as people:
        await people.admin.a_user_logout(agent.subject)
    for page in pages:
        await expect(page.locator("#session-ended")).to_be_visible()
        await page.get_by_role("link", name="Se reconnecter").click()
        await expect(page.locator("#kc-login")).to_be_visible()


async def test_signing_out_in_one_browser_leaves_the_other(visit: Visit, signed: Signed, agent: Person) -> None:
    here, there = await visit(), await visit()
    for page in (here, there):
        await sign_in(page, signed, agent)
    await sign_out(here)
    await ask(there, "Comment vérifier ?")
    await answered(there)


async def test_a_request_that_is_refused_says_so_and_leaves_the_page_and_what_is_typed(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    await page.locator("#chat-input").press_sequentially("Une question à moitié")
    await page.context.clear_cookies()  # of which the page's socket learns nothing
    await page.get_by_role("button", name="Rechercher dans mes conversations").click()
    async with page.expect_response(lambda response: response.status == 401):
        await page.keyboard.type("note")
    await expect(page.locator("#session-ended")).to_be_visible()
    await expect(page.locator("#chat-input")).to_contain_text("Une question à moitié")
    assert page.url == f"{signed.url}/"


async def test_an_account_that_is_closed_is_out_in_the_middle_of_an_answer(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    await ask(page, "Une longue réponse")
    await expect(page.locator(f"{ANSWER} a").first).to_be_visible()
    async with signed.realm.people() as people:
        await people.disable(agent.subject)
    await expect(page.locator("#session-ended")).to_be_visible()
    await page.get_by_role("link", name="Se reconnecter").click()
    await fill_in(page, agent)
    await expect(page.get_by_text(re.compile("disabled|désactivé"))).to_be_visible()


async def test_a_role_that_is_taken_away_ends_the_chat(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
    async with signed.realm.people() as people:
        await people.take(agent.subject, Role.AGENT)
    await expect(page.locator("#session-ended")).to_be_visible()


async def test_leaving_a_group_hides_its_documents_now_and_in_old_conversations(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    page = await visit()
    await sign_in(page, signed, agent)
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
    await page.get_by_role("link", name="Que dit la note").click()
    await expect(page.locator(ANSWER)).to_contain_text("n’est plus affichée")
    await expect(page.locator(SOURCE)).to_have_count(0)
    await expect(page.locator("body")).not_to_contain_text("Note réservée")
