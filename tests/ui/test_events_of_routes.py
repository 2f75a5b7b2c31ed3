"""Every way into the product leaves its record, or the table says why it leaves none; one without a line fails.

The ways are taken from the running applications and from the chat's socket.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from policies import Act, PostgresLedger
from tests.ui.event_table import CONTROL, SOCKET, WEB, Left
from tests.ui.route_table import TABLE, WAYS_OUT, Who
from tests.ui.test_ownership import _call, _pairs
from tests.ui.two_people import Web
from ui.access import open_access
from ui.chat.routes import ALLOWED_EVENTS
from ui.control.routes import control_application
from ui.database import DatabaseSettings, Pool
from ui.opening import open_services
from ui.settings import Settings

# What goes on in the page when the route has answered.
IN_THE_PAGE = {("POST", "/project/action"), ("POST", "/taches/{name}")}
# Who may do what a row says, where it is not Bob.
DOERS = {Who.AUDITOR: "claire", Who.KEEPER: "adele", Who.ADMINISTRATOR: "adele"}
# What goes on behind pages, and is recorded when it ends: whichever route is called meanwhile.
BEHIND = frozenset({Act.AUDIT_VERIFIED, Act.EVALUATED, Act.GAPS_FOUND})
# A script stands in for tasks, and records nothing.
SCRIPTED = {("POST", "/taches/{name}")}


@pytest.fixture
async def control(tmp_path: Path, pool: Pool, postgres: DatabaseSettings, gemma: Path) -> AsyncIterator[FastAPI]:
    """The application behind the command line, over real services."""
    settings = Settings(home=tmp_path / "home", postgres=postgres.url, model=gemma)
    async with (
        open_services(settings) as services,
        open_access(settings, services.pool, services.ledger) as access,
    ):
        yield control_application(services, access)


async def _acts(pool: Pool, start: int = 0) -> list[Act]:
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection, start)]
    return [Act(body["act"]) for body in bodies]


def test_every_route_of_the_web_application_and_every_event_of_its_socket_has_a_line(chat: ModuleType) -> None:
    assert WEB.keys() == TABLE.keys() - WAYS_OUT
    assert SOCKET.keys() == ALLOWED_EVENTS


async def test_every_route_of_the_web_application_leaves_what_its_line_says(web: Web, http: httpx.AsyncClient) -> None:
    async with web.page("bob", sessionId=web.theirs.page) as page:
        await page.begin()
        for pair, row in TABLE.items():
            start, heard = len(await _acts(web.pool)), len(page.heard)
            who = DOERS.get(row.who, "bob")
            answer = await _call(http, pair, web.theirs, web.headers(who))
            if pair in IN_THE_PAGE:
                await page.until("task_end", heard)
            _compare(pair, WEB[pair], await _acts(web.pool, start), done=answer.is_success and pair not in SCRIPTED)


async def test_every_route_behind_the_command_line_has_a_line(control: FastAPI) -> None:
    assert set(_pairs(control.routes)) == CONTROL.keys()


async def test_every_route_behind_the_command_line_leaves_what_its_line_says(control: FastAPI, pool: Pool) -> None:
    """Those that can be called without more than a collection."""
    note: dict[str, Any] = {"collection": "Notes"}
    bodies: dict[tuple[str, str], Any] = {
        ("POST", "/collections"): {"name": "Notes"},
        ("POST", "/search"): {"question": "congé"},
        ("PUT", "/glossary"): {"entries": [["ARS", "agence régionale de santé"]]},
        ("POST", "/index/check"): {},
        ("PATCH", "/guardrails"): note | {"responses": {"marking": "refuse"}},
        ("PATCH", "/unsupported"): note | {"rule": "drop"},
        ("PATCH", "/collections/retention"): note | {"months": 3},
        ("POST", "/policy/decisions"): {"person": {"groups": [], "roles": ["agent"]}, "action": "administerPeople"},
        ("POST", "/policy/reload"): {},
    }
    queries = [("GET", path) for method, path in CONTROL if method == "GET" and "{" not in path]
    transport = httpx.ASGITransport(control, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as client:
        done = set[tuple[str, str]]()
        for pair in [*bodies, *queries, ("DELETE", "/collections")]:
            start = len(await _acts(pool))
            given = {"name": "Notes"} if pair[0] == "DELETE" else note
            answer = await client.request(*pair, params=given, json=bodies.get(pair))
            _compare(pair, CONTROL[pair], await _acts(pool, start), done=answer.is_success)
            done |= {pair} if answer.is_success else set()
    assert done >= bodies.keys() | {("DELETE", "/collections"), ("GET", "/documents/found"), ("GET", "/jobs")}


def _compare(pair: tuple[str, str], line: Left, acts: list[Act], *, done: bool) -> None:
    """What was recorded is in the line; and there is something, where something was done that leaves a record."""
    told = () if isinstance(line, str) else line
    assert set(acts) <= BEHIND.union(told), f"say in the table what is recorded: {pair}"
    assert acts or BEHIND.issuperset(told) or not done, f"nothing was recorded: {pair}"
