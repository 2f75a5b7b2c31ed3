"""The report of an evaluation in a real browser: it asks nothing of anybody, and fits screens and paper."""

import pytest
from playwright.async_api import Page

from retrieval import analyse
from tests.retrieval.evaluated import question, run
from ui.evaluation.report import report_page

HOSTILE = "<img src=x onerror=alert(1)> " + "motsanslafin" * 20
FOUND = [f"d{n}" for n in range(100)]
QUESTIONS = [question(str(n), [f"d{n}"], FOUND, words=f"Question {n} {HOSTILE}", latency_ms=n + 1) for n in range(60)]
EARLIER = [question(one.id, one.relevant, FOUND[5:], words=one.question) for one in QUESTIONS]
DOCUMENTS = {id_: ("Codes" if id_ < "d5" else HOSTILE,) for id_ in FOUND}


@pytest.mark.parametrize("width", [320, 1280])
async def test_the_report_fits_and_every_plot_is_seen_and_named(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await page.set_content(report_page(analyse(run(QUESTIONS, DOCUMENTS), run(EARLIER, DOCUMENTS)), "questions.jsonl"))
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    plots = page.get_by_role("img")
    names = [await plot.evaluate("plot => plot.querySelector('title').textContent") for plot in await plots.all()]
    assert "Rappel et succès selon le nombre de documents lus" in names
    assert len(names) == 8  # differences, gains, depth, ranks, three axes, time
    for name in names:
        assert await page.get_by_role("img", name=name).is_visible()
    assert await page.locator("script, img").count() == 0


async def test_the_report_prints_on_sheets_of_paper(page: Page) -> None:
    await page.set_content(report_page(analyse(run(QUESTIONS, DOCUMENTS)), "questions.jsonl"))
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 680, "height": 960})  # what 1.5 cm leave of A4
    cut = "tables => tables.filter(table => table.scrollWidth > table.parentElement.clientWidth + 1).length"
    assert await page.locator(".wide table").evaluate_all(cut) == 0
