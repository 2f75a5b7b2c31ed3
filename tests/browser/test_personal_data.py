"""A question that seems to hold personal data is sent only when its author says so."""

from playwright.async_api import Page, expect

from tests.browser.chatting import ANSWER, SOURCES, answered, ask
from tests.browser.servers import Server

NIR = "2 55 08 14 168 025 38"
QUESTION = f"Comment vérifier pour {NIR} ?"


async def test_it_waits_for_a_yes(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, QUESTION)
    await expect(page.locator(ANSWER).last).to_contain_text("semble contenir un numéro de sécurité sociale")
    await expect(page.locator(SOURCES)).to_have_count(0)
    await page.get_by_role("button", name="Envoyer quand même").click()
    await expect(await answered(page)).to_contain_text("Chaque phrase porte")
    await expect(page.locator(ANSWER).filter(has_text="semble contenir")).to_have_count(0)


async def test_who_would_rather_change_it_has_sent_nothing(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, QUESTION)
    await page.get_by_role("button", name="Modifier la question").click()
    await expect(page.get_by_text("ni envoyée ni enregistrée")).to_be_visible()
    await expect(page.locator(SOURCES)).to_have_count(0)
    await page.goto(scripted.url)
    await expect(page.locator("#thread-history")).not_to_contain_text(NIR)
