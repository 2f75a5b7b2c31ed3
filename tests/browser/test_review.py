"""The review in a real browser, for an auditor whom the real Keycloak knows: no fault, by keyboard, without scripts."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from policies.principal import Role
from tests.browser.conftest import SECONDS, Watched
from tests.browser.faults import faults
from tests.browser.servers import Signed
from tests.browser.signing_in import Person, Visit, fill_in, somebody

NOBODY = "00000-00000"


@pytest.fixture
async def auditor(signed: Signed) -> Person:
    """An auditor, who may do nothing else."""
    return await somebody(signed.realm, roles=[Role.AUDITEUR])


@pytest.fixture
async def review(visit: Visit, signed: Signed, auditor: Person) -> AsyncIterator[Page]:
    """The register, for an auditor who has signed in; in the end no script was refused and nothing went wrong."""
    page, watched = await visit(), Watched()
    await page.goto(f"{signed.url}/audit")
    watched.watch(page)
    await fill_in(page, auditor)
    await expect(page.locator("h1")).to_have_text("Registre")
    yield page
    assert [error for error in watched.errors if "status of 4" not in error] == []


async def test_no_page_of_the_review_has_a_fault(review: Page, signed: Signed) -> None:
    assert await faults(review) == []
    for address in ("/usage", "/preuves", "/document", "/dossiers", "/alertes", "/usage?since=hier", "/nulle-part"):
        await review.goto(f"{signed.url}/audit{address}")
        assert await faults(review) == [], address
    await review.goto(f"{signed.url}/audit")
    await review.locator("#results tbody a").first.click()
    await expect(review.locator("h1")).to_contain_text("Enregistrement")
    assert await faults(review) == []


async def test_the_register_is_narrowed_opened_and_left_by_keyboard(review: Page) -> None:
    await review.keyboard.press("Tab")
    await expect(review.get_by_role("link", name="Contenu")).to_be_focused()
    await review.keyboard.press("Enter")
    await expect(review.locator("#content")).to_be_focused()
    await review.locator("#act").focus()
    await review.keyboard.type("Connexion")
    await review.keyboard.press("Enter")
    await review.locator("#who").press("Enter")
    await expect(review.get_by_role("button", name="Retirer le filtre Acte")).to_be_visible()
    await expect(review.locator("#results tbody tr").first).to_contain_text("Connexion")
    assert await faults(review) == []
    await review.locator("#results tbody a").first.press("Enter")
    await expect(review.locator("h1")).to_contain_text("Connexion")


async def test_a_wrong_period_is_told_on_the_page(review: Page) -> None:
    await review.locator("#since").fill("2026-03-02")
    await review.locator("#until").fill("2026-03-01")
    await review.get_by_role("button", name="Filtrer", exact=True).click()
    await expect(review.get_by_role("alert")).to_contain_text("La période finit avant de commencer")
    await expect(review.locator("#since")).to_have_value("2026-03-02")
    assert await faults(review) == []


async def test_a_search_is_kept_and_opened_again(review: Page) -> None:
    await review.locator("#who").fill(NOBODY)
    await review.get_by_role("button", name="Filtrer", exact=True).click()
    await review.get_by_text("Recherches gardées (0)").click()
    await review.get_by_label("Garder ces filtres sous le nom").fill("Personne d’inconnu")
    await review.get_by_role("button", name="Garder").click()
    await expect(review.get_by_role("status")).to_contain_text("est gardée")
    await review.get_by_text("Recherches gardées (1)").click()
    assert await faults(review) == []
    await review.get_by_role("button", name="Personne d’inconnu", exact=True).click()
    await expect(review.locator("#who")).to_have_value(NOBODY)


async def test_the_report_comes_as_a_file(review: Page) -> None:
    await review.get_by_label("Exporter ce que montrent ces filtres").select_option("pdf")
    async with review.expect_download() as download:
        await review.get_by_role("button", name="Exporter").click()
    assert (await download.value).suggested_filename.endswith(".zip")


async def test_who_is_no_auditor_is_kept_out(visit: Visit, signed: Signed, agent: Person) -> None:
    page = await visit()
    await page.goto(f"{signed.url}/audit")
    await fill_in(page, agent)
    await expect(page.locator("h1")).to_have_text("Réservé aux auditeurs")
    assert await faults(page) == []


async def test_the_review_works_without_scripts(browser: Browser, signed: Signed, auditor: Person) -> None:
    context = await browser.new_context(locale="fr-FR", java_script_enabled=False)
    context.set_default_timeout(SECONDS * 1000)
    page = await context.new_page()
    await page.goto(f"{signed.url}/audit")
    await fill_in(page, auditor)
    await page.locator("#act").select_option("Accès et sessions")
    await page.get_by_role("button", name="Filtrer", exact=True).click()
    await expect(page.locator("#results tbody tr").first).to_contain_text("Connexion")
    await page.locator("#results tbody a").first.click()
    await expect(page.locator("h1")).to_contain_text("Enregistrement")
    await context.close()
