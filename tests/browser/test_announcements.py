"""An announcement in a real browser: published in the console, come to a chat that is open, closed, withdrawn."""

import datetime as dt

from playwright.async_api import Page, expect

from tests.browser.faults import faults
from tests.browser.servers import Server
from ui.paris import field_value

TEXT = "Coupure <b>ce soir</b>, voir http://exemple.invalid."
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"  # as when somebody comes back to the page


async def test_it_comes_to_an_open_chat_as_text_and_can_be_closed(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await expect(page.locator("#chat-input")).to_be_visible()
    notice = page.get_by_role("region", name="Annonce", exact=True)
    await expect(notice).to_have_count(0)

    console = await page.context.new_page()
    await console.goto(f"{scripted.url}/console/annonces")
    assert await faults(console) == []
    await console.get_by_label("Ce que tout le monde doit lire").fill(TEXT)
    await console.get_by_label("Alerte").check(force=True)  # the design system draws the box over its input
    until = dt.datetime.now(dt.UTC) + dt.timedelta(hours=2)
    await console.get_by_label("Au", exact=False).last.fill(field_value(until))
    await console.get_by_role("button", name="Publier").click()
    await expect(console.get_by_text("C’est publié.")).to_be_visible()
    assert await faults(console) == []

    await page.evaluate(LOOK)
    await expect(notice).to_contain_text(f"Alerte\u202f: {TEXT}")
    assert await notice.locator("b, a").count() == 0
    assert await faults(page) == []
    await notice.get_by_role("button", name="Fermer l’annonce").press("Enter")
    await expect(notice).to_have_count(0)
    await page.goto(f"{scripted.url}/recherche")
    await expect(page.get_by_label("Ce que vous cherchez")).to_be_visible()
    await expect(notice).to_have_count(0)
    await page.evaluate("sessionStorage.clear()")
    await page.reload()
    await expect(notice).to_be_visible()

    await console.get_by_role("button", name="Retirer l’annonce").click()
    await expect(console.get_by_text("L’annonce est retirée.")).to_be_visible()
    await page.evaluate(LOOK)
    await expect(notice).to_have_count(0)
