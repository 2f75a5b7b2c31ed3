"""The listener for operators, and what the whole is at as it tells it."""

import asyncio

import httpx
import pytest
from prometheus_client import CollectorRegistry

from ui.database import DatabaseSettings, Pool, open_pool
from ui.errors import PortTaken
from ui.observability import state as states
from ui.observability.listener import listening_for_operators
from ui.observability.metrics import Metrics
from ui.observability.state import State
from ui.server import port_bound


async def _nothing() -> None:
    return


async def _ready() -> bool:
    return False


async def test_a_listener_of_its_own_answers_scrapes_and_probes_and_nothing_else() -> None:
    with port_bound("127.0.0.1", 0) as free:
        at = free.getsockname()
    registry = CollectorRegistry()
    Metrics(registry)
    async with listening_for_operators(at, registry, _nothing, _ready) as address:
        async with httpx.AsyncClient(base_url=address) as http:
            told = await http.get("/metrics")
            assert told.headers["content-type"].startswith("text/plain")
            assert 'assistant_answers_total{kind="question",outcome="answered"} 0.0' in told.text
            assert (await http.get("/healthz")).status_code == 200
            assert (await http.get("/readyz")).status_code == 503
            for path in ("/", "/metrics/", "/console"):
                assert (await http.get(path)).status_code == 404
            assert (await http.post("/metrics")).status_code == 404
        with pytest.raises(PortTaken, match="ASSISTANT_METRICS"):
            async with listening_for_operators(at, registry, _nothing, _ready):
                pass
    async with listening_for_operators(None, registry, _nothing, _ready) as address:
        assert address == ""


async def test_what_the_whole_is_at_is_asked_once_however_many_scrape_and_told_no_more_without_the_database(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, postgres: DatabaseSettings
) -> None:
    state, registry = State(pool), CollectorRegistry()
    registry.register(state)
    before = pool.get_stats().get("requests_num", 0)
    await asyncio.gather(*(state.look() for _ in range(20)))
    await state.look()
    assert pool.get_stats().get("requests_num", 0) - before == 1
    assert registry.get_sample_value("assistant_state_up") == 1
    assert registry.get_sample_value("assistant_documents", {"state": "failed"}) == 0
    assert registry.get_sample_value("assistant_ledger_records") == 0
    monkeypatch.setattr(states, "EVERY_S", 0)
    monkeypatch.setattr(states, "PATIENCE_S", 0.01)
    async with open_pool(postgres.url, 2) as small:
        state.pool = small
        async with small.connection(), small.connection():  # nobody else gets one
            await state.look()
    assert registry.get_sample_value("assistant_state_up") == 0
    assert registry.get_sample_value("assistant_ledger_records") is None
