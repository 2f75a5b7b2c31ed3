"""Disks that fill up under the database or a place for checkpoints: no act without its record, and it goes on."""

import asyncio
import datetime as dt
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from policies import Act, LedgerUnavailable, Principal
from policies.audit.shipping import Shipping
from retrieval import Search
from tests.assistant.asking import QUESTION, TRUE, acts, answer, asking
from tests.assistant.conftest import collection as collection
from tests.assistant.scripted import Scripted
from tests.faults.acting import create, create_once_back
from tests.faults.agreement import agree
from tests.faults.small_disk import SmallDisk, small_disk
from tests.policies.audit.ledgers import SmallLedger
from ui.audit_places import places_said
from ui.database import DatabaseSettings, Pool, open_database, start_server
from ui.errors import CheckpointsUnshipped
from ui.failures import failure_of

DATABASE_MIB, WAL_MIB, PLACE_MIB = 128, 64, 1
MANY = 100_000
STUCK_S = 60

# `LedgerUnavailable` for what the ledger refuses, the other where it is the commit that fails.
REFUSED = (LedgerUnavailable, psycopg.Error)


@pytest.fixture
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disque", getattr(request, "param", DATABASE_MIB)) as disk:
        yield disk


@pytest.fixture
def place_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "montage", PLACE_MIB) as disk:
        yield disk


@pytest.fixture
async def pool(disk: SmallDisk) -> AsyncIterator[Pool]:
    """An embedded server whose data and log are on the small disk."""
    async with open_database(DatabaseSettings(disk.folder / "data")) as pool:
        yield pool


@pytest.fixture
async def logging_there(disk: SmallDisk, tmp_path: Path) -> AsyncIterator[Pool]:
    """An embedded server with its write-ahead log alone on the small disk."""
    data = tmp_path / "data"
    server = start_server(data)
    server.cleanup()
    owner, log = data.stat(), disk.folder / "pg_wal"
    shutil.copytree(data / "pg_wal", log)
    shutil.rmtree(data / "pg_wal")
    for path in (log, *log.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)
    (data / "pg_wal").symlink_to(log)
    async with open_database(DatabaseSettings(data)) as pool:
        yield pool


async def _until_refused(act: Callable[[], Awaitable[Any]]) -> tuple[int, Exception]:
    """How often it was done, and what then kept it from being done."""
    for times in range(MANY):
        try:
            await act()
        except REFUSED as error:
            return times, error
    raise AssertionError("the disk never was full")


def _says_so_in_french(error: Exception) -> bool:
    failure = failure_of(error)
    return failure.status == 503 and "Vérifiez PostgreSQL" in failure.message


async def test_with_a_full_disk_no_answer_is_given_and_later_it_is(
    disk: SmallDisk, search: Search, pool: Pool, agent: Principal, collection: str
) -> None:
    async def ask() -> None:
        await answer(asking(search, Scripted(pieces=(f"{TRUE}.",)), pool).ask(agent, QUESTION))

    disk.fill()
    answered, error = await _until_refused(ask)
    assert _says_so_in_french(error)
    assert (await acts(pool)).count(Act.ANSWER_GIVEN) == answered
    with pytest.raises(REFUSED):
        await ask()
    disk.free()
    await ask()
    assert (await acts(pool)).count(Act.ANSWER_GIVEN) == answered + 1


async def test_with_a_full_disk_nothing_is_done_without_its_record(disk: SmallDisk, pool: Pool, tmp_path: Path) -> None:
    ledger = SmallLedger(pool, tmp_path / "points")
    await create(pool)
    await ledger.checkpoints.take()
    disk.fill()
    done, error = await _until_refused(lambda: create(pool))
    assert _says_so_in_french(error)
    assert await agree(pool) == done + 1
    disk.free()
    await create(pool)
    assert await agree(pool) == done + 2
    await ledger.grow(0)
    assert await ledger.found() is None


@pytest.mark.parametrize("disk", [WAL_MIB], indirect=True)
async def test_a_database_that_stopped_because_it_could_not_write_is_started_again_with_all_that_was_acknowledged(
    disk: SmallDisk, logging_there: Pool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pool = logging_there
    ledger = SmallLedger(pool, tmp_path / "points")
    await create(pool)
    await ledger.checkpoints.take()
    disk.fill()
    done, error = await _until_refused(lambda: create(pool))
    assert _says_so_in_french(error)
    assert _says_so_in_french(await _gone(pool, caplog))
    disk.free()
    await create_once_back(pool)
    # The commit that failed may have been durable: it was not acknowledged.
    assert await agree(pool) in (done + 2, done + 3)
    await ledger.grow(0)
    assert await ledger.found() is None


async def _gone(pool: Pool, caplog: pytest.LogCaptureFixture) -> Exception:
    """What is told once the server has ended and cannot be started."""
    async with asyncio.timeout(STUCK_S):
        while True:
            try:
                async with pool.connection(timeout=1):
                    continue
            except psycopg.Error as error:
                if "does not start" in caplog.text:
                    return error


@pytest.mark.parametrize("fault", ["full", "read-only"])
async def test_a_place_that_cannot_be_written_keeps_nobody_from_signing_and_gets_all_that_it_lacks(
    place_disk: SmallDisk, pool: Pool, fault: str
) -> None:
    ledger = SmallLedger(pool, place_disk.folder / "points")
    await ledger.grow(2)
    if fault == "full":
        place_disk.fill()
    else:
        place_disk.remount("ro")
    await ledger.grow(3, 1)
    async with pool.connection() as connection:
        assert [held.size for held in await ledger.checkpoints.all(connection)] == [2, 5, 6]
    shipping = Shipping(pool, [ledger.place])
    [standing] = await shipping.standing()
    assert (standing.lacking, standing.trouble) == (2, "")
    settings: Any = SimpleNamespace(checkpoints=(ledger.place.label,))
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=6)
    with pytest.raises(CheckpointsUnshipped, match="à envoyer : 2"):
        places_said(settings, [standing], later)
    if fault == "full":
        place_disk.free()
    else:
        place_disk.remount("rw")
    await shipping.ship()
    assert await shipping.lacking(ledger.place) == []
    assert await ledger.found() is None
