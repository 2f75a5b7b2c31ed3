"""What a person does with a conversation besides asking: follow up, edit, say why, take it along."""

import re
from pathlib import Path

import docx
from odfdo import Document
from playwright.async_api import Page, Request, Route, expect

from tests.browser.chatting import ANSWER, SOURCES, answered, ask
from tests.browser.servers import Server

QUESTIONS = '[data-step-type="user_message"]'


async def test_a_follow_up_says_how_it_was_understood_to_who_unfolds_it(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Quel est le délai de préavis ?")
    await answered(page)
    await expect(page.get_by_role("button", name="Question comprise")).to_have_count(0)
    await ask(page, "Et pour les contractuels ?")
    await answered(page)
    understood = "Quel est le délai de préavis pour les contractuels ?"
    unfold = page.get_by_role("button", name="Question comprise")
    await expect(page.get_by_text(understood)).to_have_count(0)
    await unfold.press("Enter")
    await expect(page.get_by_text(understood)).to_be_visible()
    await expect(page.locator("#spoken")).to_contain_text("2 sources trouvées.")

    await page.reload()
    await answered(page)
    await page.get_by_role("button", name="Question comprise").click()
    await expect(page.get_by_text(understood)).to_be_visible()


async def test_a_page_connects_once_for_the_conversation_that_it_shows_whatever_is_answered_late(
    page: Page, scripted: Server
) -> None:
    """Of two connections the later one would stay, and a page that is connected for none waits for ever."""
    connections: list[str] = []

    async def answered_last(route: Route) -> None:
        """Chainlit's script asks for a cookie before it connects."""
        await page.wait_for_event("websocket")
        await route.continue_()

    def connecting(request: Request) -> None:
        connections.extend(re.findall(r'^40.*"threadId":"(.*?)"', request.post_data or ""))

    page.on("request", connecting)
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    assert connections == [""]
    await page.route("**/set-session-cookie", answered_last, times=1)
    await page.reload()
    await answered(page)
    assert connections == ["", page.url.rsplit("/", 1)[1]]


async def test_a_question_is_edited_and_asked_again_and_what_followed_it_goes(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    for question in ("Première question", "Deuxième question", "Troisième question"):
        await ask(page, question)
        await answered(page)
    await page.get_by_role("button", name="Modifier cette question").nth(1).click()
    await page.get_by_role("textbox", name="Votre question, à modifier").fill("Question corrigée")
    await page.locator(".confirm-edit").click()
    await expect(page.locator(QUESTIONS)).to_have_count(2)
    await expect(page.locator(QUESTIONS).last).to_contain_text("Question corrigée")
    await expect(page.locator(ANSWER)).to_have_count(2)
    await expect(page.locator(ANSWER).last).to_contain_text("Tour 1.")
    await answered(page)

    for _ in range(2):  # as it stands on the page, and as it is kept
        await expect(page.locator(QUESTIONS)).to_have_text(["Première question", "Question corrigée"])
        await expect(page.locator(ANSWER)).to_have_count(2)
        await expect(page.locator(SOURCES)).to_have_count(2)
        await page.reload()
        await answered(page)

    await page.get_by_role("button", name="Modifier cette question").first.click()
    await page.get_by_role("textbox", name="Votre question, à modifier").fill("Quel est le préavis légal ?")
    await page.locator(".confirm-edit").click()
    await expect(page.locator(ANSWER).last).to_contain_text("Tour 0.")
    await answered(page)
    await page.reload()
    await expect(page.locator("#thread-history")).to_contain_text("Préavis légal")


async def test_an_opinion_takes_reasons_from_a_small_set_by_keyboard(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await page.get_by_role("button", name="Réponse inutile ou fausse").click()
    await page.get_by_role("checkbox", name="périmé").press("Space")
    words = page.get_by_role("textbox", name="Pourquoi")
    await expect(words).to_have_value("périmé")
    await words.press("End")
    await words.type(" : la circulaire a changé")
    await page.get_by_role("checkbox", name="incomplet").check()
    await expect(words).to_have_value("incomplet, périmé\u202f: la circulaire a changé")
    await page.get_by_role("button", name="Envoyer mon avis").click()
    await expect(page.get_by_text("Avis enregistré").first).to_be_visible()

    await page.reload()
    await answered(page)
    await page.get_by_role("button", name="Modifier mon avis").click()
    await expect(page.get_by_role("checkbox", name="périmé")).to_be_checked()
    await expect(page.get_by_role("checkbox", name="faux")).not_to_be_checked()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Réponse utile").click()
    await expect(page.get_by_role("button", name="Envoyer mon avis")).to_be_visible()
    await expect(page.get_by_role("checkbox")).to_have_count(0)


async def test_the_first_time_that_an_acronym_stands_in_an_answer_it_says_what_it_stands_for(
    page: Page, scripted: Server
) -> None:
    await page.goto(scripted.url)
    await ask(page, "Que répond l’ARS ?")
    answer = await answered(page)
    await expect(answer).to_contain_text("Sigles\u202f: ARS\u202f: agence régionale de santé.")
    abbreviation = answer.locator("abbr")
    await expect(abbreviation).to_have_count(1)
    await expect(abbreviation).to_have_attribute("title", "agence régionale de santé")
    await expect(answer).to_contain_text("L’ARS répond [1]. Une ARS par région [1].")
    await abbreviation.focus()
    await expect(abbreviation).to_be_focused()
    await page.get_by_role("button", name="Régénérer").click()
    await expect(page.locator("#stop-button")).to_be_visible()
    await answered(page)
    await expect(page.locator(f"{ANSWER} abbr")).to_have_count(1)


async def test_a_conversation_and_an_answer_leave_as_files(page: Page, scripted: Server, tmp_path: Path) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier une réponse ?")
    await answered(page)
    await ask(page, "Deuxième question")
    await answered(page)
    for name, file in (
        ("Toute la conversation, en Word (DOCX)", "verifier-une-reponse.docx"),
        ("Toute la conversation, en LibreOffice (ODT)", "verifier-une-reponse.odt"),
        ("Cette question et sa réponse, en Markdown", "verifier-une-reponse.md"),
    ):
        await page.get_by_role("button", name="Exporter").last.click()
        async with page.expect_download() as downloading:
            await page.get_by_role("link", name=name).click()
        download = await downloading.value
        assert download.suggested_filename == file
        await download.save_as(tmp_path / file)
        await expect(page.locator("#export")).to_be_hidden()
    word = "\n".join(one.text for one in docx.Document(str(tmp_path / "verifier-une-reponse.docx")).paragraphs)
    text = Document(str(tmp_path / "verifier-une-reponse.odt")).body.inner_text
    markdown = (tmp_path / "verifier-une-reponse.md").read_text()
    assert "Comment vérifier une réponse ?" in word
    assert "Comment vérifier une réponse ?" in text
    assert "Comment vérifier une réponse ?" not in markdown
    for whole in (word, text, markdown):
        assert "Deuxième question" in whole
        assert "Guide de l’agent" in whole
        assert "intelligence artificielle" in whole
