"""`assistant announcements` and `assistant people`, through a real socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter

from policies import LivePolicy, PostgresLedger
from retrieval import Catalog
from tests.ui.commands.running import Run, runner, serving
from tests.ui.few_people import FewPeople
from tests.ui.two_people import ALICE, BOB
from ui.announcements import Announcements
from ui.commands.main import application
from ui.console.people_book import PeopleBook
from ui.control.announcements import announcements_router
from ui.control.people import people_router
from ui.database import Pool
from ui.sign_in.ending import PeoplesSessions


@pytest.fixture
async def run(
    tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes."""
    kept = pool, LivePolicy(), PostgresLedger()
    people = FewPeople([ALICE, BOB])
    router = APIRouter()
    router.include_router(announcements_router(Announcements(*kept)))
    router.include_router(people_router(PeopleBook(*kept, Catalog(), people, PeoplesSessions(*kept)), people))
    async with serving(tmp_path / "home", router):
        yield runner(tmp_path / "home", monkeypatch, capsys)


async def test_one_is_published_listed_and_withdrawn(run: Run) -> None:
    assert "Aucune annonce" in (await run(application, "announcements", "list")).out
    until = ("--until", "31/12/2099 18:00")
    far = await run(application, "announcements", "publish", "Coupure.", *until)
    assert "un an au plus" in far.error
    given = ("--from", "01/12/2099 08:00", *until, "--kind", "alert")
    published = await run(application, "announcements", "publish", "Coupure.", *given)
    assert published.out.strip() == "1  prévue, alerte, 01/12/2099 08:00 – 31/12/2099 18:00 : Coupure."
    assert "prévue" in (await run(application, "announcements", "list")).out
    assert "est retirée" in (await run(application, "announcements", "withdraw", "1")).out
    assert "retiré" in (await run(application, "announcements", "withdraw", "1")).error
    wrong = await run(application, "announcements", "publish", "Coupure.", "--until", "demain")
    assert (wrong.code, "n’est pas un moment" in wrong.err) == (2, True)


async def test_people_are_listed_and_one_is_shown(run: Run) -> None:
    assert "bob  Bob" in (await run(application, "people", "list", "bo")).out
    assert "Rôles : agent. Groupes : /DAJ." in (await run(application, "people", "show", "bob")).out
    assert "Personne ne s’appelle" in (await run(application, "people", "show", "denis")).error
