"""`assistant worker`, in this process."""

import asyncio
import os
import signal
from io import StringIO
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from policies import Principal, in_force
from ui.commands.main import worker
from ui.database import DatabaseSettings, Pool
from ui.errors import SettingsInvalid
from ui.opening import open_services
from ui.server import port_bound
from ui.settings import Settings
from ui.worker import run


async def test_the_embedded_stores_have_no_room_for_another_process(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"assistant serve.*ASSISTANT_POSTGRES et ASSISTANT_QDRANT"):
        await run(Settings(home=tmp_path / "home"), Console(file=StringIO()))
    assert not (tmp_path / "home").exists()


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect")
async def test_a_worker_does_what_a_server_without_one_received_until_it_is_told_to_stop(
    tmp_path: Path, pool: Pool, postgres: DatabaseSettings, administrateur: Principal
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Le télétravail est ouvert à tous.")
    with port_bound("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    server = Settings(home=tmp_path / "home", postgres=postgres.url, worker="off")
    elsewhere = Settings(
        home=tmp_path / "other",
        postgres=postgres.url,
        qdrant=":memory:",
        blobs=tmp_path / "home" / "blobs",
        metrics=f"127.0.0.1:{port}",
    )
    async with open_services(server) as services:
        async with services.pool.connection() as connection:
            assert await in_force(connection) == services.policy.fingerprint
        await services.collections.create(administrateur, "RH", "", owner="", readers=frozenset())
        said = StringIO()
        working = asyncio.create_task(run(elsewhere, Console(file=said)))
        events: list[object] = []

        async def send() -> None:
            events.extend([event async for event in services.ingestion.ingest(administrateur, "RH", [note])])

        sending = asyncio.create_task(send())
        done, _ = await asyncio.wait([sending, working], return_when=asyncio.FIRST_COMPLETED)
        for ended in done:  # a worker that does not start would be waited for without end
            await ended
        async with httpx.AsyncClient(base_url=f"http://{elsewhere.metrics}") as http:
            assert (await http.get("/readyz")).status_code == 200
            assert 'assistant_jobs_done_total{outcome="done"} 1.0' in (await http.get("/metrics")).text
        os.kill(os.getpid(), signal.SIGTERM)
        await working
    assert "Traitement en marche, 2 lots à la fois" in said.getvalue()
    assert getattr(events[-1], "added", None) == 1


@pytest.mark.parametrize(("given", "jobs"), [(None, 5), (3, 3)])
def test_a_worker_does_as_many_batches_as_the_command_line_says_or_else_the_settings(
    given: int | None, jobs: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[int] = []

    async def note(settings: Settings, _: Console) -> None:
        started.append(settings.worker_jobs)

    monkeypatch.setattr("ui.worker.run", note)
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path))
    monkeypatch.setenv("ASSISTANT_WORKER_JOBS", "5")
    worker(given)
    assert started == [jobs]
