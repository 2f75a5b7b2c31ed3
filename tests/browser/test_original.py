"""A citation opens the page of the original: a PDF is imported, asked about, and looked at as a person would."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from reportlab.pdfgen.canvas import Canvas

from tests.browser.chatting import SOURCE, ask
from tests.browser.conftest import SECONDS
from tests.browser.servers import PROJECT, Server
from tests.ingestion.test_pdf import lines, pdf

QUESTION = "Combien de jours dure le congé pour l’adoption d’un renard polaire ?"
ANSWER = "Le congé pour l’adoption d’un renard polaire dure quarante-deux jours ouvrables."
AROUND = (
    "Les agents adressent leur demande au bureau des ressources humaines.",
    "Le chef de service répond dans un délai de quinze jours.",
)
TITLE = "Guide des congés singuliers"


def _first(canvas: Canvas) -> None:
    lines(canvas, (TITLE,), top=780, size=20)
    lines(canvas, ("Champ d’application",), top=730, size=14)
    lines(canvas, AROUND, size=11)


def _second(canvas: Canvas) -> None:
    lines(canvas, ("Adoption d’un animal",), top=730, size=14)
    lines(canvas, AROUND * 6, size=11)
    lines(canvas, ("Durée du congé",), top=330, size=14)
    lines(canvas, (ANSWER,), top=300, size=11)


def _third(canvas: Canvas) -> None:
    lines(canvas, ("Entrée en vigueur",), top=730, size=14)
    lines(canvas, ("Ce guide s’applique à compter de sa publication.",), size=11)


@pytest.fixture(scope="module")
def holding(real: Server, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The real server, with the PDF in a collection of its own."""
    path = Path(tmp_path_factory.mktemp("files")) / "conges.pdf"
    path.write_bytes(pdf(_first, _second, _third))
    _assistant(real, "collections", "create", "Congés")
    _assistant(real, "ingest", str(path), "--collection", "Congés")
    return real


def _assistant(server: Server, *arguments: str) -> None:
    command: Sequence[str] = [str(Path(sys.executable).parent / "assistant"), *arguments]
    environment = os.environ | {"ASSISTANT_HOME": str(server.home), "PYTHONPATH": str(PROJECT)}
    subprocess.run(command, env=environment, check=True, capture_output=True, timeout=SECONDS)  # noqa: S603


async def _opened(page: Page, server: Server) -> Locator:
    """The panel of the passage, opened from the list of sources by keyboard."""
    await page.goto(server.url)
    await ask(page, QUESTION)
    source = page.locator(SOURCE, has_text=TITLE).get_by_role("link", name=TITLE).first
    await source.press("Enter")
    panel = page.locator("#passage-panel")
    await expect(panel.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    return panel


async def _is_drawn(picture: Locator) -> None:
    """That the picture has come, and is one."""
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("complete", True)
    assert await picture.evaluate("image => image.naturalWidth") >= 1000


async def test_the_original_stands_in_the_panel_with_the_passage_marked_and_is_leafed_through_by_keyboard(
    page: Page, holding: Server
) -> None:
    panel = await _opened(page, holding)
    await _is_drawn(panel.get_by_role("img"))
    await expect(panel.locator("rect").first).to_be_in_viewport()
    await expect(panel.locator("[aria-current=page]")).to_have_text("Page 2 sur 3")
    await expect(panel.locator("mark").last).to_contain_text("quarante-deux jours")

    await panel.get_by_role("link", name="Page suivante").press("Enter")
    await expect(panel.locator("[aria-current=page]")).to_have_text("Page 3 sur 3")
    await _is_drawn(panel.get_by_role("img"))
    await expect(panel.locator("rect")).to_have_count(0)
    await panel.get_by_role("link", name="Revenir au passage cité").press("Enter")
    await expect(panel.locator("rect").first).to_be_in_viewport()

    await panel.get_by_role("button", name="Copier la citation et sa référence").press("Enter")
    await expect(panel.get_by_text("Citation copiée.")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "quarante-deux jours ouvrables.\u202f» (Guide des congés singuliers, page 2, " in copied

    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await expect(page.get_by_role("link", name=TITLE).first).to_be_focused()


async def test_as_a_page_of_its_own_the_original_stands_beside_the_text_and_can_be_made_larger(
    page: Page, holding: Server
) -> None:
    panel = await _opened(page, holding)
    async with page.context.expect_page() as opening:
        await panel.get_by_role("link", name="Ouvrir dans un onglet").click()
    passage = await opening.value
    picture, mark = passage.get_by_role("img"), passage.locator("mark#passage")
    await _is_drawn(picture)
    await expect(mark).to_be_focused()
    await expect(mark).to_be_in_viewport()
    await expect(passage.locator("rect").first).to_be_in_viewport()
    drawn, read = await picture.bounding_box(), await mark.bounding_box()
    assert drawn is not None
    assert read is not None
    assert drawn["x"] + drawn["width"] < read["x"]

    await passage.get_by_role("link", name="200").click()
    await expect(passage.locator(".sheet-frame")).to_be_focused()
    await expect(passage.locator("rect").first).to_be_in_viewport()
    larger = await picture.bounding_box()
    assert larger is not None
    assert larger["width"] > 1.9 * drawn["width"]
    await passage.close()


async def test_without_scripts_the_page_its_picture_and_the_quotation_are_there(
    browser: Browser, page: Page, holding: Server
) -> None:
    panel = await _opened(page, holding)
    address = await panel.get_by_role("link", name="Ouvrir dans un onglet").get_attribute("href")
    assert address
    context = await browser.new_context(locale="fr-FR", java_script_enabled=False)
    plain = await context.new_page()
    await plain.goto(address)
    await expect(plain.get_by_role("img")).to_be_visible()
    await expect(plain.get_by_role("button", name="Copier")).to_be_hidden()
    await plain.get_by_text("Voir la citation à copier").click()
    await expect(plain.locator(".to-copy")).to_contain_text("quarante-deux jours")
    await plain.get_by_role("link", name="Page suivante").click()
    await expect(plain.locator("[aria-current=page]")).to_have_text("Page 3 sur 3")
    await context.close()


async def test_on_a_narrow_screen_nothing_is_cut_off(page: Page, holding: Server) -> None:
    panel = await _opened(page, holding)
    address = await panel.get_by_role("link", name="Ouvrir dans un onglet").get_attribute("href")
    assert address
    await page.set_viewport_size({"width": 320, "height": 640})
    await page.goto(address)
    await _is_drawn(page.get_by_role("img"))
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
