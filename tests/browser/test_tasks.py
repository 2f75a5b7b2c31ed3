"""A task from the composer to its result, by keyboard alone."""

import re
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from assistant.tasks.draft import NOTHING
from tests.browser.chatting import ANSWER, answered
from tests.browser.conftest import SECONDS
from tests.browser.servers import Server

TEXT = "Note de service\n\nLe congé dure seize semaines."
PART = re.compile("Partie [123] sur 3")  # a slow page may not see each of them


async def _choose(page: Page, task: str) -> None:
    """Open the tasks by keyboard, and take one."""
    await page.get_by_role("button", name="Tâches").press("Enter")
    await expect(page.locator("#tasks-title")).to_be_focused()
    await page.get_by_role("button", name=task, exact=True).press("Enter")
    await expect(page.locator("#tasks-title")).to_have_text(task)


async def test_a_text_is_summed_up_and_its_citation_opens_what_was_pasted(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await _choose(page, "Résumé")
    await page.get_by_label("Collez le texte").fill(TEXT)
    await page.get_by_label("Longueur").select_option("long")
    await page.get_by_role("button", name="Lancer la tâche").press("Enter")
    await expect(page.locator("#tasks")).to_be_hidden()
    await expect(page.get_by_text(PART).first).to_be_visible()
    answer = await answered(page)
    await expect(answer).to_contain_text("Le congé dure seize semaines [1]")
    await expect(answer).to_contain_text("non vérifié dans les documents")
    await expect(page.locator('[data-step-type="tool"]').get_by_text(PART)).to_have_count(0)
    await expect(page.locator("#spoken").get_by_text(PART).first).to_be_attached()
    await expect(page.locator('[data-step-type="user_message"]')).to_contain_text("Résumé — Texte collé")

    for _ in range(2):  # as it stands on the page, and as it is kept
        await answer.get_by_role("link").first.press("Enter")
        await expect(page.locator("#passage-panel-body mark")).to_have_text("seize semaines")
        await page.keyboard.press("Escape")
        await page.reload()
        answer = await answered(page)
    await page.get_by_role("button", name="Régénérer").click()
    await expect(page.get_by_text(PART).first).to_be_visible()
    await expect(await answered(page)).to_contain_text("seize semaines")
    await expect(page.locator(ANSWER)).to_have_count(1)


async def test_what_was_typed_outlives_a_fault_and_a_closed_dialog(browser: Browser, scripted: Server) -> None:
    context = await browser.new_context(locale="fr-FR", viewport={"width": 320, "height": 640})
    context.set_default_timeout(SECONDS * 1000)
    page = await context.new_page()
    await page.goto(scripted.url)
    await _choose(page, "Réponse à un courrier")
    await page.get_by_label("Collez le texte").fill("Madame, je demande un délai.")
    await page.get_by_role("button", name="Lancer la tâche").click()
    await expect(page.get_by_label("Objet de la réponse")).to_be_focused()
    await expect(page.locator("#error-objet")).to_contain_text("remplissez ce champ")
    await expect(page.get_by_label("Collez le texte")).to_have_value("Madame, je demande un délai.")
    assert await page.evaluate("document.querySelector('#tasks').scrollWidth") <= 320
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Tâches").click()
    await page.get_by_label("Objet de la réponse").fill("Délai")
    await page.get_by_role("button", name="Lancer la tâche").click()
    await expect(await answered(page)).to_contain_text("seize semaines")
    await context.close()


async def test_a_file_of_the_conversation_is_summed_up_by_the_demonstration_model(
    page: Page, real: Server, tmp_path: Path
) -> None:
    file = tmp_path / "conges.txt"
    file.write_text("Le congé de maternité dure seize semaines. La demande est faite au service du personnel.\n")
    await page.goto(real.url)
    await expect(page.locator("#starters button").first).to_be_visible()
    await page.locator("#upload-button-input").set_input_files(file)
    await expect(page.locator("#attachments > *")).to_have_count(1)
    await expect(page.locator("#chat-submit")).to_be_enabled()
    await page.locator("#chat-submit").click()
    await expect(page.get_by_text("Que voulez-vous savoir").first).to_be_visible()
    await expect(page.locator("#stop-button")).to_have_count(0)
    await _choose(page, "Résumé")
    await page.get_by_label("conges").check()
    await page.get_by_role("button", name="Lancer la tâche").click()
    await expect(page.locator('[data-step-type="user_message"]').last).to_contain_text("Résumé — conges")
    answer = await answered(page)
    if (
        NOTHING.partition("\u202f")[0] in await answer.inner_text()
    ):  # on another processor so small a model may write otherwise
        return
    await answer.get_by_role("link").first.click()
    await expect(page.locator("#passage-panel-body mark").first).to_contain_text("congé de maternité")
    await expect(page.locator("#passage-panel-body")).to_contain_text("Fichiers joints")
