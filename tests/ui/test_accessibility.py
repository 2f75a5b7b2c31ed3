"""The declaration of accessibility, and the way to it from every page."""

import httpx
import pytest
from fastapi import FastAPI

from ui.accessibility import PATH, accessibility_router
from ui.pages import Notice, error_page

NOTICE = Notice(model="essai", demonstration=False, local=False, root="/assistant")


async def declaration(contact: str) -> str:
    application = FastAPI()
    application.include_router(accessibility_router(NOTICE, contact))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://ici") as client:
        return (await client.get(PATH)).text


async def test_it_says_how_far_the_pages_conform_and_where_to_complain() -> None:
    page = await declaration("")
    assert "<strong>pas conforme</strong>" in page
    assert "service qui administre" in page
    assert "Défenseur des droits" in page


@pytest.mark.parametrize("contact", ["accessibilite@sante.exemple.fr", "<b>poste 12</b>"])
async def test_it_names_the_address_of_the_settings_as_a_text(contact: str) -> None:
    page = await declaration(contact)
    assert contact.replace("<", "&lt;").replace(">", "&gt;") in page
    assert "<b>" not in page


def test_every_page_leads_to_it() -> None:
    page = bytes(error_page(NOTICE, 404, "Introuvable", "Rien ici.").body).decode()
    assert f'<a href="/assistant{PATH}">Accessibilité&#8239;: non conforme</a>' in page
