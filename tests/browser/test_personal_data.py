"""A question that seems to hold personal data is sent only when its author says so."""

from playwright.async_api import Page, expect

from tests.browser.chatting import ANSWER, SOURCES, answered, ask
from tests.browser.servers import Server

QUESTIONS = '[data-step-type="user_message"]'
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
    await page.get_by_role("button", name="Modifier cette question").click()
    await page.get_by_role("textbox", name="Votre question, à modifier").fill("Comment vérifier ?")
    await page.locator(".confirm-edit").click()
    await expect(await answered(page)).to_contain_text("Chaque phrase porte")
    await page.reload()
    await answered(page)
    await expect(page.locator(QUESTIONS)).to_have_text(["Comment vérifier ?"])
    await expect(page.locator("#thread-history")).not_to_contain_text(NIR)


async def test_a_question_that_is_edited_waits_too_and_its_answer_is_kept_until_then(
    page: Page, scripted: Server
) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    for is_left in (True, False):
        await page.get_by_role("button", name="Modifier cette question").click()
        await page.get_by_role("textbox", name="Votre question, à modifier").fill(QUESTION)
        await page.locator(".confirm-edit").click()
        await expect(page.locator(ANSWER).last).to_contain_text("semble contenir un numéro de sécurité sociale")
        if is_left:  # who leaves has changed nothing
            await page.reload()
            await answered(page)
            await expect(page.locator(QUESTIONS)).to_have_text(["Comment vérifier ?"])
    await page.get_by_role("button", name="Envoyer quand même").click()
    await expect(await answered(page)).to_contain_text("Chaque phrase porte")
    await page.reload()
    await answered(page)
    await expect(page.locator(QUESTIONS)).to_have_text([QUESTION])
    await expect(page.locator(ANSWER)).to_have_count(1)
