"""The chat in a real browser, as a person uses it."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.chatting import ANSWER, SOURCES, answered, ask
from tests.browser.servers import Server

CITATION = f'{ANSWER} a[href^="/passage?"]'

# From the first word that is spoken, changes of the page are seen together when `drawNow` is called.
DRAWN_ONCE = """() => new MutationObserver((_, seen) => {
  seen.disconnect();
  const draw = window.requestAnimationFrame, works = [];
  window.requestAnimationFrame = work => works.push(work);
  window.drawNow = () => {
    window.requestAnimationFrame = draw;
    works.forEach(work => work());
  };
}).observe(document.getElementById("spoken"), {childList: true})"""


async def _menu(page: Page, title: str, item: str) -> None:
    """Choose from the menu of a conversation in the history."""
    conversation = page.locator("#thread-history li", has_text=title)
    await conversation.get_by_role("button", name="Renommer ou supprimer cette conversation", exact=True).click()
    await page.get_by_role("menuitem", name=item).click()


async def _ask_until_cited(page: Page) -> Locator:
    """Ask what the page proposes until an answer cites: the smallest of models answers otherwise on each processor."""
    await expect(page.locator("#starters button").first).to_be_visible()
    for question in await page.locator("#starters button").all_inner_texts():
        await page.get_by_role("button", name=question).click()
        await expect(page.locator(f"{SOURCES} li").first).to_contain_text("Aide")
        await answered(page)
        if await page.locator(CITATION).count():
            break
        await page.get_by_role("button", name="Nouvelle conversation").first.click()
    return page.locator(CITATION).first


async def test_a_real_question_gets_a_cited_answer_and_a_citation_opens_its_passage(page: Page, real: Server) -> None:
    await page.goto(real.url)
    await expect(page.locator("html")).to_have_attribute("lang", "fr")
    await expect(page.locator(".banner")).to_contain_text("Mode local, sans authentification")
    await expect(page.locator(".disclosure")).to_contain_text("intelligence artificielle")
    await expect(page.locator(".disclosure")).to_contain_text("modèle de démonstration")
    citation = await _ask_until_cited(page)
    await expect(citation).to_have_text(re.compile(r"^\[\d.*\]$"))
    await expect(citation).to_have_attribute("aria-label", re.compile("Source [0-9]"))

    await citation.click()
    panel = page.locator("#passage-panel")
    await expect(panel.locator("h1")).not_to_be_empty()
    await expect(panel.locator("mark").first).to_be_in_viewport()
    await expect(panel.locator("dl")).to_contain_text("Aide")
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(citation).to_be_focused()


async def test_a_citation_opens_as_a_page_of_its_own(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    async with page.context.expect_page() as opened:
        await page.locator(CITATION).first.click(modifiers=["Control"])
    passage = await opened.value
    await expect(passage.locator("h1")).to_have_text("Guide de l’agent")
    await expect(passage.locator("dl")).to_contain_text("Lire une réponse › Vérifier une réponse")
    await expect(passage.locator("mark")).to_contain_text("Chaque phrase porte le numéro de sa source.")
    await expect(passage.locator(".banner")).to_be_visible()
    await expect(passage.locator("html")).to_have_attribute("lang", "fr")


async def test_sources_come_first_and_the_answer_is_spoken_by_sentences(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await expect(page.locator(f"{SOURCES} li")).to_have_count(2)
    await answered(page)
    spoken = page.locator("#spoken")
    await expect(spoken).to_have_attribute("aria-live", "polite")
    await expect(spoken).to_contain_text("Fin de la réponse.")
    searching, found, first, *more = await spoken.locator("p").all_inner_texts()
    assert (searching, found) == ("Recherche en cours.", "2 sources trouvées.")
    assert first.startswith("Chaque phrase porte le numéro de sa source.")
    assert " ".join([first, *more]) == (  # on a busy machine two sentences may come at once
        "Chaque phrase porte le numéro de sa source. Vérifiez-la donc toujours. Tour 0. "
        "Textes en vigueur au 24 novembre 2026. Fin de la réponse."
    )


async def test_what_a_slow_page_sees_at_once_with_the_end_is_spoken_too(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await expect(page.locator("#spoken")).to_be_attached()
    await page.evaluate(DRAWN_ONCE)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await page.evaluate("drawNow()")
    await expect(page.locator("#spoken p")).to_have_text(
        [
            "Recherche en cours.",
            "2 sources trouvées.",
            re.compile("^Chaque phrase porte le numéro de sa source.*Tour 0"),
            "Fin de la réponse.",
        ]
    )


async def test_what_an_old_conversation_holds_is_not_spoken(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await expect(page).to_have_url(re.compile("/thread/"))
    await page.reload()
    await answered(page)
    await ask(page, "Et ensuite ?")
    spoken = page.locator("#spoken")
    await expect(spoken).to_contain_text("Fin de la réponse.")
    await expect(spoken).to_contain_text("Tour 1.")
    await expect(spoken).not_to_contain_text("Tour 0.")
    await expect(spoken.get_by_text("2 sources trouvées.")).to_have_count(1)


async def test_who_works_by_keyboard_keeps_their_place_while_an_answer_is_written(page: Page, scripted: Server) -> None:
    focused = asyncio.Event()

    async def after_focus(route: Route) -> None:
        await focused.wait()
        await route.continue_()

    await page.goto(scripted.url)
    await expect(page.get_by_role("button", name="Choisir où chercher")).to_be_visible()
    await page.route("**/project/threads", after_focus)  # after it, the conversation gets its address
    await ask(page, "Une longue réponse")
    source = page.locator(f"{SOURCES} li a").first
    await page.locator("#chat-input").press_sequentially("Et en")
    await source.focus()
    focused.set()
    await expect(page).to_have_url(re.compile("/thread/"))
    await expect(source).to_be_focused()
    await expect(page.locator("#chat-input")).to_contain_text("Et en")
    citations = page.locator(CITATION)
    await citations.first.focus()
    await expect(citations.nth(await citations.count() + 3)).to_be_visible()
    await expect(citations.first).to_be_focused()


async def test_an_answer_can_be_stopped_and_made_anew(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Une longue réponse")
    await expect(page.locator(CITATION).first).to_be_visible()
    await page.get_by_role("button", name="Arrêter la réponse").click()
    answer = await answered(page)
    await expect(answer).to_contain_text("Réponse interrompue.")

    await page.get_by_role("button", name="Régénérer").click()
    await expect(page.locator("#stop-button")).to_be_visible()
    await expect(page.locator(ANSWER)).not_to_contain_text("Réponse interrompue.")
    await page.get_by_role("button", name="Arrêter la réponse").click()
    await answered(page)
    await expect(page.locator(ANSWER)).to_have_count(1)
    await expect(page.locator(SOURCES)).to_have_count(1)


async def test_an_answer_ends_when_its_reader_leaves(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Une longue réponse pour quelqu’un qui part")
    await expect(page.locator(CITATION).first).to_be_visible()
    await page.goto("about:blank")
    await page.goto(scripted.url)
    await page.get_by_role("link", name="Une longue réponse pour quelqu’un qui part").click()
    await expect(page.locator(ANSWER)).to_contain_text("Réponse interrompue.")


async def test_an_opinion_with_its_reason_is_kept_until_the_answer_is_made_anew(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await page.get_by_role("button", name="Réponse inutile ou fausse").click()
    await page.get_by_role("textbox", name="Pourquoi").fill("source abrogée")
    await page.get_by_role("button", name="Envoyer mon avis").click()
    await expect(page.get_by_text("Avis enregistré").first).to_be_visible()

    await page.reload()
    await answered(page)
    await expect(page.locator(".negative-feedback-on")).to_be_visible()
    await page.get_by_role("button", name="Modifier mon avis").click()
    await expect(page.get_by_role("textbox", name="Pourquoi")).to_have_value("source abrogée")
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="Régénérer").click()
    await expect(page.locator("#stop-button")).to_be_visible()
    await answered(page)
    await expect(page.locator(".negative-feedback-off")).to_be_visible()


async def test_a_conversation_is_renamed_found_again_after_a_restart_resumed_and_deleted(
    page: Page, scripted: Server
) -> None:
    await page.goto(scripted.url)
    await ask(page, "Une première question")
    await answered(page)
    conversation = page.url
    await _menu(page, "Une première question", "Renommer")
    await page.get_by_role("textbox", name="Nom").fill("Dossier retrouvé")
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.locator("#thread-history")).to_contain_text("Dossier retrouvé")

    await page.goto("about:blank")
    scripted.stop()
    scripted.start()
    await page.goto(scripted.url)
    await page.get_by_role("link", name="Dossier retrouvé").click()
    await expect(page).to_have_url(conversation)
    await expect(page.locator(ANSWER)).to_contain_text("Chaque phrase porte le numéro de sa source")
    await ask(page, "Et ensuite ?")
    await expect(page.locator(ANSWER).last).to_contain_text("Tour 1.")
    await answered(page)

    await _menu(page, "Dossier retrouvé", "Supprimer")
    await page.get_by_role("button", name="Confirmer").click()
    await expect(page.locator("#starters")).to_be_visible()
    await expect(page.get_by_role("link", name="Dossier retrouvé")).to_have_count(0)


async def test_a_new_conversation_begins_empty(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await page.get_by_role("button", name="Nouvelle conversation").first.click()
    await expect(page.locator("#starters")).to_be_visible()
    await expect(page.locator(ANSWER)).to_have_count(0)


async def test_a_copied_answer_brings_its_sources_and_says_who_wrote_it(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await page.get_by_role("button", name="Copier la réponse et ses sources").click()
    await expect(page.locator("#spoken")).to_contain_text("Réponse copiée.")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "Chaque phrase porte le numéro de sa source [1]" in copied
    assert "Source 1\u202f: Guide de l’agent" in copied
    assert "intelligence artificielle" in copied
    assert "/passage?" not in copied


async def test_what_a_model_writes_can_neither_load_nor_lead_elsewhere(page: Page, scripted: Server) -> None:
    """That nothing was requested is asserted by the page's fixture."""
    await page.goto(scripted.url)
    await ask(page, "Une question piège")
    answer = await answered(page)
    await expect(answer).to_contain_text("![piège](http://exemple.invalid/pixel.png)")
    assert await answer.locator("img, video, iframe, audio").count() == 0
    hrefs = await answer.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert hrefs
    assert all(href.startswith("/passage?") for href in hrefs)


async def test_who_waits_sees_how_many_come_first(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Je dois attendre")
    await expect(page.locator(ANSWER)).to_contain_text("2 personnes passent avant vous")
    await answered(page)
    await expect(page.locator(ANSWER)).not_to_contain_text("avant vous")


async def test_everything_has_a_name_and_can_be_reached_by_keyboard(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await ask(page, "Comment vérifier ?")
    await answered(page)
    await page.evaluate("document.activeElement.blur()")
    names: list[str] = []
    while names.count("BODY") < 2:  # once around the whole page
        await page.keyboard.press("Tab")
        names.append(
            await page.evaluate(
                "(({ariaLabel, innerText, title, tagName}) => tagName === 'BODY' ? 'BODY' :"
                " (ariaLabel || innerText || title || '').trim())(document.activeElement)"
            )
        )
    assert "" not in names
    for wanted in ("Aller à la question", "Votre question", "Régénérer", "Réponse utile", "Nouvelle conversation"):
        assert wanted in names
    assert any(name.startswith("Renommer ou supprimer") for name in names)


@pytest.mark.parametrize("path", ["/mcp", "/project/file", "/copilot/index.js", "/thread/"])
async def test_what_is_shut_answers_404(path: str, page: Page, scripted: Server) -> None:
    response = await page.request.get(scripted.url + path)
    assert response.status == 404
    assert "script-src 'self';" in response.headers["content-security-policy"]
