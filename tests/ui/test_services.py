"""All services at once, and what they do about stores that do not agree."""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from ingestion import Summary
from policies import Principal
from retrieval import ModelUnknown
from ui.database import DatabaseSettings, Pool
from ui.opening import open_services, working
from ui.services import Services
from ui.settings import Settings
from ui.spaces import open_process_spaces


async def test_a_lost_index_is_filled_by_the_next_import_even_where_something_else_made_it_anew(
    tmp_path: Path, pool: Pool, postgres: DatabaseSettings, administrateur: Principal
) -> None:
    settings = Settings(home=tmp_path / "home", postgres=postgres.url)
    note = tmp_path / "note.txt"
    note.write_text("Le télétravail est ouvert à tous.")
    async with open_services(settings) as services:
        await services.collections.create(administrateur, "RH", "", owner="", readers=frozenset())
        assert (await _import(services, administrateur, note)).added == 1
    shutil.rmtree(settings.home / "index")
    async with open_process_spaces(settings, pool) as spaces:  # as a check of it does
        assert (await spaces.in_use()).index.created

    async with open_services(settings) as services:
        assert (await _import(services, administrateur, note)).unchanged == 0
        found = await services.search.search(administrateur, "télétravail")
    assert [passage.document_id for passage in found.passages] == [str(note)]


async def test_a_server_that_can_do_no_job_any_more_says_so_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ended = asyncio.Event()

    class Unfit:
        async def work(self, *_: Any, **__: Any) -> None:
            ended.set()
            raise ModelUnknown("nouveau", "ancien")

    queue: Any = Unfit()
    monkeypatch.setattr("ui.opening.Stages", MagicMock())
    async with working(queue, MagicMock(), 1):
        await ended.wait()
    (told,) = [record.getMessage() for record in caplog.records if record.name == "ui.opening"]
    assert "nouveau" in told


async def _import(services: Services, person: Principal, path: Path) -> Summary:
    steps = [step async for step in services.ingestion.ingest(person, "RH", [path])]
    assert isinstance(steps[-1], Summary)
    return steps[-1]
