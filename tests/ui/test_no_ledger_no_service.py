"""With a ledger that takes no records nothing is done that leaves one, and whoever asks for it is told why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from psycopg import AsyncConnection, sql

from tests.ui.event_table import CONTROL, WEB
from tests.ui.route_table import TABLE, Who
from tests.ui.test_events_of_routes import IN_THE_PAGE, SCRIPTED
from tests.ui.test_ownership import _call
from tests.ui.two_people import QUESTION, Web
from ui.access import open_access
from ui.control.routes import control_application
from ui.database import DatabaseSettings
from ui.opening import open_services
from ui.settings import Settings

# What is counted or looked up whatever comes of it.
ASIDE = {"migration", "asked_lately", "session", "procrastinate_workers", "review_record", "review_day", "review_head"}
ASIDE |= {"review_use", "siem_position", "embedding_cache", "word", "lexicon_counted"}

REFUSE = """
create function refused() returns trigger language plpgsql as $$ begin raise exception 'no space left'; end $$;
create trigger refused before insert on ledger_record for each row execute function refused();
"""
ALLOW = "drop trigger refused on ledger_record; drop function refused()"


@asynccontextmanager
async def _shut(postgres: DatabaseSettings) -> AsyncIterator[AsyncConnection[Any]]:
    """Meanwhile no record is taken."""
    async with await AsyncConnection.connect(postgres.url, autocommit=True) as connection:
        await connection.execute(REFUSE)
        try:
            yield connection
        finally:
            await connection.execute(ALLOW)


async def _held(connection: AsyncConnection[Any]) -> dict[str, Any]:
    """All that is in the database, by table, as a hash."""
    tables = await connection.execute("select tablename from pg_tables where schemaname = 'public'")
    hashed = sql.SQL("select md5(coalesce(string_agg(t::text, '' order by t::text), '')) from {} t")
    return {
        name: await (await connection.execute(hashed.format(sql.Identifier(name)))).fetchone()
        for (name,) in await tables.fetchall()
        if name not in ASIDE
    }


@pytest.fixture
async def control(tmp_path: Path, web: Web, postgres: DatabaseSettings, gemma: Path) -> AsyncIterator[FastAPI]:
    """The application behind the command line, over real services."""
    settings = Settings(home=tmp_path / "control", postgres=postgres.url, model=gemma, worker="off")
    async with (
        open_services(settings) as services,
        open_access(settings, services.pool, services.ledger) as access,
    ):
        yield control_application(services, access)


async def test_no_route_of_the_web_application_does_what_cannot_be_recorded(
    web: Web, http: httpx.AsyncClient, postgres: DatabaseSettings
) -> None:
    recorded = [pair for pair, line in WEB.items() if not isinstance(line, str)]
    async with web.page("bob", sessionId=web.theirs.page) as page:
        await page.begin()
        async with _shut(postgres) as connection:
            before, told = await _held(connection), list[tuple[tuple[str, str], int, bool]]()
            for pair in [pair for pair in TABLE if pair in recorded and pair not in SCRIPTED]:
                heard = len(page.heard)
                who = "claire" if TABLE[pair].who is Who.AUDITOR else "bob"
                answer = await _call(http, pair, web.theirs, web.headers(who))
                if pair in IN_THE_PAGE:
                    await page.until("task_end", heard)
                    assert "registre" in str(page.heard[heard:]), pair
                    before["conversation"] = (await _held(connection))["conversation"]  # the page's own has begun
                elif answer.status_code not in (404, 422):  # nothing was asked for
                    told.append((pair, answer.status_code, "registre" in answer.text))
                assert await _held(connection) == before, pair
            assert [one for one in told if one[1:] != (503, True)] == []
            assert len(told) > 15
            shown = str(await page.ask(QUESTION))
    assert "Le registre d’audit ne répond pas" in shown
    assert "dit cela" not in shown


CALLS: dict[tuple[str, str], Any] = {
    ("POST", "/collections"): {"name": "Autre"},
    ("DELETE", "/collections"): None,
    ("POST", "/search"): {"question": "congé"},
    ("POST", "/ask"): {"question": "congé"},
    ("GET", "/documents/found"): None,
    ("GET", "/jobs"): None,
    ("GET", "/sources"): None,
    ("GET", "/quarantine"): None,
    ("GET", "/attempts"): None,
    ("PUT", "/glossary"): {"entries": [["ARS", "agence régionale de santé"]]},
    ("PATCH", "/guardrails"): {"collection": "Notes", "responses": {"marking": "refuse"}},
    ("PATCH", "/unsupported"): {"collection": "Notes", "rule": "drop"},
    ("POST", "/index/check"): {},
    ("POST", "/models/verify"): {},
    ("POST", "/policy/decisions"): {"person": {"groups": [], "roles": ["agent"]}, "action": "administerPeople"},
    ("POST", "/policy/reload"): {},
    ("GET", "/sessions"): None,
    ("GET", "/keycloak/groups"): None,
    ("POST", "/keycloak/provisioned"): {"realm": "r", "client": "c", "changes": ["rôle créé"]},
}


async def test_no_command_does_what_cannot_be_recorded(control: FastAPI, postgres: DatabaseSettings) -> None:
    assert all(not isinstance(CONTROL[pair], str) for pair in CALLS)
    transport = httpx.ASGITransport(control, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as client:
        await client.post("/collections", json={"name": "Notes"})
        async with _shut(postgres) as connection:
            before, told = await _held(connection), dict[tuple[str, str], bool]()
            for pair, body in CALLS.items():
                params = {"name": "Notes"} if pair[0] == "DELETE" else {"collection": "Notes"}
                answer = await client.request(*pair, params=params, json=body)
                told[pair] = "Le registre d’audit ne répond pas" in answer.text
                assert await _held(connection) == before, pair
    assert [pair for pair, said in told.items() if not said] == []
