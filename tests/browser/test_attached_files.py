"""Files attached to a conversation, as a person attaches, asks about, opens and removes them."""

import re
from pathlib import Path

from playwright.async_api import Page, expect
from reportlab.pdfgen.canvas import Canvas

from tests.browser.chatting import ANSWER, SOURCE, answered, ask
from tests.browser.servers import Server
from tests.ingestion.office_files import docx, paragraph
from tests.ingestion.test_pdf import lines, pdf

QUESTION = "Combien de jours dure le congé pour l’adoption d’un renard polaire ?"
DURATION = "Le congé pour l’adoption d’un renard polaire dure quarante-deux jours ouvrables."
FILES = '[id^="step-files-"]'


def _page(canvas: Canvas) -> None:
    lines(canvas, ("Durée du congé",), top=730, size=14)
    lines(canvas, (DURATION,), top=700, size=11)


async def _attach(page: Page, *paths: Path) -> None:
    """By the button, as the dialog of the browser gives them."""
    await expect(page.locator("#starters button").first).to_be_visible()
    await page.locator("#upload-button-input").set_input_files(paths)
    await expect(page.locator("#attachments > *")).to_have_count(len(paths))


async def _ask(page: Page, question: str) -> None:
    """Where there is but one collection, which is not offered to choose from."""
    await expect(page.locator("#starters button").first).to_be_visible()
    await page.locator("#chat-input").click()
    await page.keyboard.type(question)
    await expect(page.locator("#chat-submit")).to_be_enabled()
    await page.locator("#chat-input").press("Enter")


async def test_a_file_serves_its_conversation_alone_and_goes_with_it(page: Page, real: Server, tmp_path: Path) -> None:
    leave, note = tmp_path / "conges.pdf", tmp_path / "note.docx"
    leave.write_bytes(pdf(_page))
    note.write_bytes(docx(paragraph("La note de service rappelle que la demande se fait par écrit.")))
    await page.goto(real.url)
    await _attach(page, leave, note)
    await _ask(page, QUESTION)
    await expect(page.locator(FILES)).to_contain_text("Fichiers joints (2)")
    await expect(page.locator(f"{FILES} li", has_text="conges.pdf")).to_contain_text("prêt")
    await expect(page.locator(f"{FILES} li", has_text="note.docx")).to_contain_text("prêt")
    await expect(page.locator("#spoken")).to_contain_text("conges.pdf\u202f: prêt")
    await page.locator(SOURCE, has_text="Fichiers joints").first.locator("a").click()
    panel = page.locator("#passage-panel")
    await expect(panel.locator("mark").last).to_contain_text("quarante-deux jours ouvrables")
    await expect(panel.locator("dl")).to_contain_text("Fichiers joints")
    passage = await page.locator("#passage-panel-page").get_attribute("href")
    await page.keyboard.press("Escape")

    await page.reload()
    await expect(page.locator(FILES)).to_contain_text("Fichiers joints (2)")
    await page.get_by_role("button", name="Retirer note.docx").click()
    await expect(page.locator(FILES)).to_contain_text("Fichiers joints (1)")
    await expect(page.get_by_role("button", name="Retirer note.docx")).to_have_count(0)

    await page.get_by_role("button", name="Nouvelle conversation").first.click()
    await _ask(page, QUESTION)
    await expect(page.locator(SOURCE).first).to_be_visible()
    await expect(page.locator(SOURCE, has_text="Fichiers joints")).to_have_count(0)

    conversation = page.locator("#thread-history li", has_text="renard polaire").last
    await conversation.get_by_role("button", name="Renommer ou supprimer cette conversation", exact=True).click()
    await page.get_by_role("menuitem", name="Supprimer").click()
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.locator("#thread-history li", has_text="renard polaire")).to_have_count(1)
    assert passage
    assert (await page.request.get(passage)).status == 404


async def test_what_cannot_be_attached_says_why_and_what_was_asked_is_answered(
    page: Page, scripted: Server, tmp_path: Path
) -> None:
    good, bad = tmp_path / "note.txt", tmp_path / "illisible.txt"
    for path in (good, bad):
        path.write_text("Une note.")
    await page.goto(scripted.url)
    await _attach(page, good, bad)
    remove = page.get_by_role("button", name="Retirer note.txt")
    await expect(remove).to_be_visible()
    await ask(page, "Comment vérifier ?")
    await expect(page.locator(FILES)).to_contain_text(re.compile("illisible.txt.*inutilisable — Le fichier est abîmé"))
    await expect(await answered(page)).to_contain_text("Chaque phrase porte le numéro de sa source")
    await expect(page.locator("#attachments")).to_have_count(0)


async def test_files_without_a_word_are_asked_about(page: Page, scripted: Server, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Une note.")
    await page.goto(scripted.url)
    await _attach(page, note)
    await page.locator("#chat-input").click()
    await expect(page.locator("#chat-submit")).to_be_enabled()
    await page.locator("#chat-input").press("Enter")
    await expect(page.locator(ANSWER).last).to_contain_text("Que voulez-vous savoir de ces fichiers")
    await expect(page.locator('[data-step-type="user_message"]')).to_contain_text("note.txt")
    await expect(page.get_by_role("link", name="note.txt")).to_be_visible()  # the conversation's name


async def test_a_file_that_nobody_reads_is_refused_in_french(page: Page, scripted: Server, tmp_path: Path) -> None:
    picture = tmp_path / "photo.heic"
    picture.write_bytes(b"x")
    await page.goto(scripted.url)
    await expect(page.get_by_role("button", name="Joindre des fichiers")).to_be_visible()
    await page.locator("#upload-button-input").set_input_files(picture)
    await expect(page.get_by_text("Ce format n’est pas pris en charge")).to_be_visible()
    await expect(page.locator("#attachments")).to_have_count(0)
