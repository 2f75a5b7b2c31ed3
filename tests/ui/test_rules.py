"""A process that does not serve takes the rules that the serving one has taken."""

import asyncio
import logging
import shutil
import signal
from collections.abc import AsyncIterator
from functools import partial
from io import StringIO
from os import getpid, kill
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from rich.console import Console

from policies import AccessRule, Action, LivePolicy, Principal, put_in_force
from policies.source import RULES, read_source, source_of
from tests.policies.test_live import FREEZE, add
from tests.ui.control.one_person import without_keycloak
from ui import worker
from ui.control.policy import policy_router
from ui.database import DatabaseSettings, Pool
from ui.errors import ServerStopped
from ui.realm.directory import LocalDirectory
from ui.rules import following
from ui.settings import Settings

ARCHIVE = AccessRule(uuid4(), "/Archives/1990", frozenset())
LOOK_S = 0.01


class Told(LivePolicy):
    """Says when it has read its folder again."""

    def __init__(self, folder: Path = RULES) -> None:
        super().__init__(folder)
        self.read = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def reload(self, only: str = "") -> bool:
        try:
            return super().reload(only)
        finally:
            self._loop.call_soon_threadsafe(self.read.set)


class Started(StringIO):
    """Where a worker says that it is at work; from then on it can be told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.event = asyncio.Event()

    def write(self, text: str) -> int:
        if "Traitement en marche" in text:
            self.event.set()
        return super().write(text)

    async def or_over(self, working: "asyncio.Task[None]") -> bool:
        """Whether it is at work; it may have ended instead."""
        hearing = asyncio.create_task(self.event.wait())
        await asyncio.wait([working, hearing], return_when=asyncio.FIRST_COMPLETED)
        hearing.cancel()
        return self.event.is_set()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of rules that a test may change."""
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


@pytest.fixture
async def server(pool: Pool, folder: Path, agent: Principal) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the process that serves."""
    application = FastAPI(openapi_url=None)
    services = without_keycloak(pool, LivePolicy(folder), LocalDirectory(agent))
    application.include_router(policy_router(services))
    transport = httpx.ASGITransport(application)
    async with httpx.AsyncClient(transport=transport, base_url="http://assistant") as client:
        yield client


async def test_what_the_server_reloads_is_in_force_elsewhere_too(
    server: httpx.AsyncClient, pool: Pool, folder: Path, administrateur: Principal
) -> None:
    policy = Told(folder)
    async with following(policy, pool, LOOK_S):
        add(folder, FREEZE)
        assert policy.decide(administrateur, Action.INGEST, ARCHIVE).allowed
        assert (await server.post("/policy/reload")).json()["changed"]
        await policy.read.wait()
        assert not policy.decide(administrateur, Action.INGEST, ARCHIVE).allowed


async def test_other_rules_than_those_in_force_are_not_taken_and_the_log_says_so(
    pool: Pool, folder: Path, administrateur: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "ui.rules")
    policy, shipped = Told(folder), read_source(folder).texts
    other = source_of(folder, shipped | {"access.cedar": f"{shipped['access.cedar']}\n"})
    add(folder, FREEZE)
    async with following(policy, pool, LOOK_S):
        for _ in range(2):
            async with pool.connection() as connection:
                await put_in_force(connection, other)
            policy.read.clear()
            await policy.read.wait()
    assert policy.decide(administrateur, Action.INGEST, ARCHIVE).allowed
    assert [record.message for record in caplog.records] == [
        f"The rules in force (SHA-256 {other.fingerprint}) are not those of this process's folder."
    ]


async def test_a_folder_that_was_brought_up_to_date_since_it_was_read_is_read_again(pool: Pool, folder: Path) -> None:
    policy, before = LivePolicy(folder), LivePolicy(folder).fingerprint
    add(folder, FREEZE)
    async with pool.connection() as connection:
        await put_in_force(connection, LivePolicy(folder).source)
    async with following(policy, pool):
        assert policy.fingerprint != before


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
async def test_a_worker_does_not_start_by_rules_that_nobody_has_put_in_force(
    server: httpx.AsyncClient, folder: Path, tmp_path: Path, postgres: DatabaseSettings
) -> None:
    await server.post("/policy/reload")
    add(folder, FREEZE)
    settings = Settings(home=tmp_path / "other", postgres=postgres.url, qdrant=":memory:", rules=folder)
    started = Started()
    working = asyncio.create_task(worker.run(settings, Console(file=started)))
    assert not await started.or_over(working)
    with pytest.raises(ServerStopped, match=r"ne sont pas celles en vigueur.*assistant policy reload"):
        await working


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
async def test_a_worker_takes_them(
    server: httpx.AsyncClient,
    folder: Path,
    tmp_path: Path,
    postgres: DatabaseSettings,
    administrateur: Principal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    policy = Told(folder)
    monkeypatch.setattr(worker, "LivePolicy", lambda _: policy)
    monkeypatch.setattr(worker, "following", partial(following, look_s=LOOK_S))
    settings = Settings(home=tmp_path / "other", postgres=postgres.url, qdrant=":memory:", rules=folder)
    started = Started()
    working = asyncio.create_task(worker.run(settings, Console(file=started)))
    assert await started.or_over(working), working
    add(folder, FREEZE)
    assert (await server.post("/policy/reload")).json()["changed"]
    await policy.read.wait()
    assert not policy.decide(administrateur, Action.INGEST, ARCHIVE).allowed
    kill(getpid(), signal.SIGTERM)
    await working
