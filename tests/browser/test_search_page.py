"""The search page in a real browser: by keyboard alone, without scripts, by a link, on a narrow screen."""

from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import SECONDS
from tests.browser.servers import Server

RESULTS = "ol.results > li"


async def _searched(page: Page, question: str) -> None:
    """Type a question into the field that has the focus, and send it."""
    await expect(page.get_by_label("Ce que vous cherchez")).to_be_focused()
    await page.keyboard.type(question)
    await page.keyboard.press("Enter")
    await expect(page.locator("#results")).to_be_visible()


async def test_texts_are_found_and_read_by_keyboard_alone(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await expect(page.locator("#chat-input")).to_be_focused()  # the chat takes the focus once it is there
    await page.get_by_role("link", name="Chercher des textes").press("Enter")
    await expect(page).to_have_title("Recherche de textes — Assistant")
    await _searched(page, "numéro d’une source")
    await expect(page.locator("#results")).to_be_focused()
    assert page.url == f"{scripted.url}/recherche"  # the question is in no address

    await expect(page.locator(RESULTS)).to_have_count(10)
    first = page.locator(RESULTS).first
    marked = await first.locator(".text").first.locator("mark").all_inner_texts()
    assert marked == ["numéro", "source", "numéro"]
    await expect(first.locator(".why")).to_contain_text("mots de la question\u202f: numéro, source")
    await expect(first.locator(".why")).to_contain_text("sens très proche")
    await expect(page.get_by_text("Ce qui précède.").first).to_be_hidden()
    await first.get_by_text("Lire ce qui précède et ce qui suit").press("Enter")
    await expect(page.get_by_text("Ce qui précède.").first).to_be_visible()

    async with page.context.expect_page() as opened:
        await first.get_by_role("link").press("Enter")
    passage = await opened.value
    await expect(passage.locator("mark#passage")).to_be_in_viewport()
    await passage.close()

    await page.get_by_role("button", name="Page suivante").press("Enter")
    await expect(page.locator("ol.results")).to_have_attribute("start", "11")
    await expect(page.locator(RESULTS)).to_have_count(2)
    await page.get_by_role("link", name="Poser une question").click()
    await expect(page.locator("#chat-input")).to_be_visible()


async def test_filters_stay_chosen_and_can_be_taken_off(page: Page, scripted: Server) -> None:
    await page.goto(f"{scripted.url}/recherche")
    await page.get_by_label("Le (sans date").fill("2026-01-02")
    await page.get_by_label("Ce que vous cherchez").fill("source")
    await page.get_by_role("button", name="Appliquer les filtres").click()
    await expect(page.get_by_label("Le (sans date")).to_have_value("2026-01-02")
    await expect(page.locator(".about")).to_contain_text("2 janvier 2026")
    await page.get_by_role("button", name="Retirer les filtres").click()
    await expect(page.get_by_label("Le (sans date")).to_have_value("")
    await expect(page.get_by_label("Ce que vous cherchez")).to_have_value("source")


async def test_without_scripts_it_works_too(browser: Browser, scripted: Server) -> None:
    context = await browser.new_context(locale="fr-FR", java_script_enabled=False)
    context.set_default_timeout(SECONDS * 1000)
    page = await context.new_page()
    await page.goto(f"{scripted.url}/recherche")
    await _searched(page, "source")
    await expect(page.locator(RESULTS)).to_have_count(10)
    await expect(page.get_by_role("button", name="Copier un lien")).to_be_hidden()
    await context.close()


async def test_a_link_fills_the_form_and_searches_nothing_by_itself(page: Page, scripted: Server) -> None:
    await page.goto(f"{scripted.url}/recherche")
    await page.get_by_label("Le (sans date").fill("2026-01-02")
    await page.get_by_label("Ce que vous cherchez").focus()
    await _searched(page, "source & numéro")
    await page.get_by_role("button", name="Copier un lien vers cette recherche").click()
    await expect(page.locator("#shared-link")).to_have_text("Lien copié.")
    link = await page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{scripted.url}/recherche#question=source")

    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    await page.goto("about:blank")
    await page.goto(link)
    await expect(page.get_by_label("Ce que vous cherchez")).to_have_value("source & numéro")
    await expect(page.get_by_label("Le (sans date")).to_have_value("2026-01-02")
    await expect(page.locator("#shared")).to_be_visible()
    assert not [one for one in asked if one.startswith("POST") or "?" in one]
    await page.get_by_role("button", name="Rechercher").click()
    await expect(page.locator("#results")).to_be_visible()


async def test_nothing_found_is_said_with_what_to_do(page: Page, scripted: Server) -> None:
    await page.goto(f"{scripted.url}/recherche")
    await _searched(page, "rien")
    await expect(page.locator("#results")).to_have_text("Aucun texte trouvé")
    await expect(page.locator("main")).to_contain_text("Essayez d’autres mots")


async def test_on_a_narrow_screen_nothing_is_cut_off_and_the_filters_are_folded(page: Page, scripted: Server) -> None:
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(f"{scripted.url}/recherche")
    await _searched(page, "source")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await expect(page.get_by_role("button", name="Appliquer les filtres")).to_be_hidden()
    await page.get_by_text("Filtres", exact=True).click()
    await expect(page.get_by_role("button", name="Appliquer les filtres")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
