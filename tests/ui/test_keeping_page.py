"""A person chooses for how long their conversations are kept."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from assistant.expiry import Expiry
from policies import PostgresLedger, Principal
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from tests.ui.elements import Elements
from ui.database import Pool
from ui.identity import Caller, LocalIdentity
from ui.keeping_page import PATH, KeepingServices, keeping_router
from ui.pages import Notice
from ui.retaining import Retaining, retaining_of
from ui.settings import Settings


@pytest.fixture
def retaining(pool: Pool, tmp_path: Path) -> Retaining:
    pseudonyms = Pseudonyms(b"tests")
    return retaining_of(Settings(home=tmp_path), pool, PostgresLedger(), Projection(pool, pseudonyms), pseudonyms)


@pytest.fixture
def expiry(retaining: Retaining) -> Expiry:
    return retaining.expiry


@pytest.fixture
async def page(retaining: Retaining, agent: Principal) -> AsyncIterator[httpx.AsyncClient]:
    notice = Notice("essai", demonstration=False, local=False, root="/assistant")
    app = FastAPI()
    services = KeepingServices(Caller(LocalIdentity(agent)), retaining, notice)
    app.include_router(keeping_router(services))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://essai") as client:
        yield client


def checked(page: str) -> list[str]:
    return [str(one["value"]) for one in Elements(page).of("input") if "checked" in one]


async def test_a_choice_is_kept_and_can_be_taken_back(
    page: httpx.AsyncClient, expiry: Expiry, agent: Principal
) -> None:
    shown = await page.get(PATH)
    assert (shown.status_code, checked(shown.text), shown.headers["Cache-Control"]) == (200, [""], "no-store")
    saved = await page.post(PATH, data={"months": "3"})
    assert "C’est enregistré." in saved.text
    assert (checked((await page.get(PATH)).text), await expiry.chosen(agent)) == (["3"], 3)
    await page.post(PATH, data={"months": ""})
    assert await expiry.chosen(agent) is None


@pytest.mark.parametrize("form", [{"months": "24"}, {"months": "trois"}, {}])
async def test_what_is_not_offered_is_refused(
    page: httpx.AsyncClient, expiry: Expiry, agent: Principal, form: dict[str, str]
) -> None:
    refused = await page.post(PATH, data=form)
    assert refused.status_code == 422
    assert "Choisissez l’une des durées proposées." in refused.text
    assert await expiry.chosen(agent) is None
