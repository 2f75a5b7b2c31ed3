"""The pages of alerts in a real browser: no fault, and a state and a note by keyboard."""

from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from playwright.async_api import Browser, Page, Route, expect

from policies import LivePolicy, PostgresLedger
from policies.review.alert_rules import Rule
from policies.review.alerts import Alerts
from policies.review.auditors import Auditors
from tests.browser.faults import faults
from tests.policies.review.casework import FIRST, PSEUDONYMS, WHO
from tests.ui.review.case_pages import NOTICE
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.pages import FRONT
from ui.review.alerts import alert_router
from ui.review.shell import Shell

STATIC = Path(__file__).parent.parent.parent / "ui" / "static"
SITE = "http://essai"


def application(pool: Pool) -> FastAPI:
    """The pages alone, for one auditor."""
    made = FastAPI(openapi_url=None)
    shell = Shell(Caller(LocalIdentity(FIRST)), pool, LivePolicy(), PostgresLedger(), NOTICE)
    made.include_router(alert_router(shell, Alerts(Auditors(pool, LivePolicy(), PostgresLedger(), PSEUDONYMS))))
    made.mount("/front", StaticFiles(directory=FRONT, check_dir=False))
    made.mount("/static", StaticFiles(directory=STATIC))
    return made


async def shown(browser: Browser, pool: Pool) -> Page:
    """A page whose requests the application answers, without a network."""
    transport = httpx.ASGITransport(app=application(pool))

    async def answer(route: Route) -> None:
        asked = route.request
        async with httpx.AsyncClient(transport=transport, follow_redirects=True) as http:
            given = await http.request(
                asked.method, asked.url, content=asked.post_data_buffer, headers=await asked.all_headers()
            )
        await route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.content)

    page = await (await browser.new_context()).new_page()
    await page.route("**/*", answer)
    return page


async def test_alerts_are_read_noted_and_closed_without_a_fault(browser: Browser, pool: Pool) -> None:
    async with pool.connection() as connection:
        for rule in Rule:
            await connection.execute(
                "insert into review_alert (rule, who, day, records, reason, raised_at) "
                "values (%s, %s, '2026-03-03', '{1,2,3}', '', now())",
                [rule.value, "" if rule is Rule.CHECKPOINTS else WHO],
            )
    page = await shown(browser, pool)
    await page.goto(f"{SITE}/audit/alertes")
    assert await faults(page) == []
    await page.get_by_label("État").select_option("Nouvelle")
    await page.get_by_role("button", name="Filtrer").press("Enter")
    await page.locator("tbody a.fr-link").last.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Beaucoup de refus")
    assert await faults(page) == []
    await page.get_by_label("Ajouter une note").fill("Une formation.")
    await page.get_by_role("button", name="Ajouter la note").press("Enter")
    await expect(page.locator("blockquote")).to_have_text("Une formation.")
    await page.get_by_role("button", name="close").press("Enter")
    await expect(page.locator("main .fr-badge")).to_have_text("Close")
    assert await faults(page) == []
