"""A case in a real browser, between two auditors whom the real Keycloak knows."""

from playwright.async_api import Page, expect

from policies.principal import Role
from tests.browser.faults import faults
from tests.browser.servers import Signed
from tests.browser.signing_in import Person, Visit, fill_in, somebody

REASON = "Signalement du 3 mars, à vérifier."


async def _auditor(visit: Visit, signed: Signed, address: str) -> Page:
    """That page, as a new auditor sees it."""
    person, page = await somebody(signed.realm, roles=[Role.AUDITEUR]), await visit()
    await page.goto(f"{signed.url}/audit{address}")
    await fill_in(page, person)
    return page


async def test_a_name_is_asked_for_by_one_auditor_and_opened_by_another(
    visit: Visit, signed: Signed, agent: Person
) -> None:
    refused = await visit()
    await refused.goto(f"{signed.url}/audit")
    await fill_in(refused, agent)
    await expect(refused.locator("h1")).to_have_text("Réservé aux auditeurs")

    first = await _auditor(visit, signed, "?act=access.refused")
    who = await first.locator("#results tbody .review-pseudonym").first.inner_text()
    await first.goto(f"{signed.url}/audit/dossiers")
    assert await faults(first) == []
    await first.get_by_label("Titre").fill("Accès refusés")
    await first.get_by_label("Motif").fill(REASON)
    await first.get_by_role("button", name="Ouvrir le dossier").click()
    await expect(first.locator("h1")).to_contain_text("Accès refusés")
    await first.get_by_text("Demander un nom").click()
    await first.locator("#demande-target").fill(who)
    await first.locator("#demande-reason").fill(REASON)
    assert await faults(first) == []
    await first.get_by_role("button", name="Envoyer la demande").click()
    await expect(first.locator("main")).to_contain_text("En attente d’un second auditeur")
    await expect(first.get_by_role("button", name="Accorder")).to_have_count(0)

    second = await _auditor(visit, signed, "/dossiers")
    await expect(second.get_by_role("link", name="Dossiers")).to_contain_text("décision")
    await second.get_by_role("link", name=f"Nom de la personne {who}").first.click()
    await second.get_by_role("button", name="Accorder").click()
    await expect(second.locator("main")).to_contain_text("ouverte jusqu’au")
    await first.reload()
    await expect(first.locator("main")).not_to_contain_text(agent.username)
    await first.get_by_role("button", name="Lire le nom").press("Enter")
    await expect(first.get_by_role("status")).to_contain_text(agent.username)
    assert await faults(first) == []
    await second.get_by_role("button", name="Révoquer").click()
    await first.get_by_role("button", name="Lire le nom").click()
    await expect(first.get_by_role("alert")).to_contain_text("Ce nom n’est pas ouvert, ou plus")
