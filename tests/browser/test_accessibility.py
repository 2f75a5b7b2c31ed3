"""Every page before axe-core, by the rules of WCAG 2.1 at levels A and AA, which RGAA 4.1 stands on."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.chatting import SOURCE, answered, ask
from tests.browser.conftest import SECONDS
from tests.browser.faults import faults
from tests.browser.servers import Server


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """One that may be told that what it sent is wrong, which its console calls an error."""
    context = await browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 860})
    context.set_default_timeout(SECONDS * 1000)
    yield await context.new_page()
    await context.close()


async def test_the_chat_its_tasks_and_its_citations_have_no_fault(page: Page, scripted: Server) -> None:
    await page.goto(scripted.url)
    await expect(page.locator("#starters button").first).to_be_visible()
    assert await faults(page) == []
    await page.get_by_role("button", name="Tâches").click()
    await page.get_by_role("button", name="Réponse à un courrier", exact=True).click()
    await expect(page.locator("#tasks-title")).to_have_text("Réponse à un courrier")
    assert await faults(page) == []
    await page.get_by_role("button", name="Lancer la tâche").click()
    await expect(page.locator("#error-objet")).to_be_visible()
    assert await faults(page) == []
    await page.keyboard.press("Escape")

    await ask(page, "Que veut dire le numéro entre crochets ?")
    await answered(page)
    assert await faults(page) == []
    await page.locator(SOURCE).locator("a").first.click()
    await expect(page.locator("#passage-panel mark").first).to_be_visible()
    assert await faults(page) == []
    address = await page.locator("#passage-panel-page").get_attribute("href")
    assert address
    await page.goto(address)
    assert await faults(page) == []


async def test_the_page_of_a_persons_retention_has_none(page: Page, scripted: Server) -> None:
    await page.goto(f"{scripted.url}/conservation")
    assert await faults(page) == []
    await page.get_by_role("radio").last.check()
    await page.get_by_role("button", name="Enregistrer").click()
    await expect(page.get_by_role("status")).to_be_visible()
    assert await faults(page) == []


async def test_the_search_page_and_the_declaration_have_none(page: Page, scripted: Server) -> None:
    await page.goto(f"{scripted.url}/recherche")
    assert await faults(page) == []
    await page.get_by_role("button", name="Rechercher").click()
    await expect(page.locator("#error")).to_be_visible()
    assert await faults(page) == []
    await page.get_by_label("Ce que vous cherchez").fill("source")
    await page.get_by_role("button", name="Rechercher").click()
    await expect(page.locator("#results")).to_be_visible()
    assert await faults(page) == []
    await page.goto(f"{scripted.url}/accessibilite")
    assert await faults(page) == []
