"""What balancers ask: whether the process lives, and whether it can serve."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from ui import probes
from ui.database import DatabaseSettings, Pool, open_pool
from ui.gate import Gate
from ui.probes import Probes, Readiness


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("page")(scope, receive, send)


@pytest.fixture
async def probed(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """As a balancer reaches the process: under an address that is not that of people."""
    application = Probes(Gate(page, ["assistant.sante.exemple.fr"]), Readiness(pool))
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000") as http:
        yield http


async def test_whoever_asks_hears_yes_and_nothing_else(probed: httpx.AsyncClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await probed.get(path)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert answer.headers["cache-control"] == "no-store"
        assert (await probed.head(path)).text == ""


@pytest.mark.parametrize("path", ["/", "/healthz/", "/readyz/x", "/HEALTHZ"])
async def test_everything_else_stays_behind_the_gate(probed: httpx.AsyncClient, path: str) -> None:
    assert (await probed.get(path)).status_code == 421
    assert (await probed.post("/healthz")).status_code == 421


async def test_without_its_database_a_process_lives_and_serves_nobody(
    probed: httpx.AsyncClient, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "FRESH_S", 0)
    assert (await probed.get("/readyz")).status_code == 200
    await pool.close()
    answer = await probed.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "no\n")
    assert (await probed.get("/healthz")).status_code == 200


async def test_a_database_that_hangs_is_waited_for_no_longer_than_said(
    postgres: DatabaseSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PATIENCE_S", 0.01)
    async with open_pool(postgres.url, 2) as pool:
        async with pool.connection(), pool.connection():  # nobody else gets one
            assert not await Readiness(pool)()
        monkeypatch.setattr(probes, "PATIENCE_S", 60)
        assert await Readiness(pool)()


async def test_however_many_ask_the_database_is_asked_once(pool: Pool) -> None:
    ready = Readiness(pool)
    before = pool.get_stats().get("requests_num", 0)
    assert await asyncio.gather(*(ready() for _ in range(50))) == [True] * 50
    assert pool.get_stats().get("requests_num", 0) - before == 1


async def test_a_process_that_is_about_to_end_lives_and_wants_nobody_new(pool: Pool) -> None:
    leaving = False
    transport = httpx.ASGITransport(Probes(page, Readiness(pool, lambda: leaving)))
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000") as http:
        assert (await http.get("/readyz")).status_code == 200
        leaving = True
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/")).text == "page"
