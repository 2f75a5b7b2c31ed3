"""A disk that fails to keep what PostgreSQL has it keep: nothing that was acknowledged is lost."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from tests.faults.acting import create, create_once_back
from tests.faults.agreement import agree
from tests.policies.audit.ledgers import SmallLedger
from ui.database import DatabaseSettings, Pool, open_database
from ui.failures import failure_of

SHIM = Path(__file__).with_name("failing_fsync.c")


@dataclass(frozen=True, slots=True)
class FailingDisk:
    """Where a server keeps its data."""

    data: Path

    @property
    def trigger(self) -> Path:
        """The file that, while it is there, lets the next fsync fail."""
        return self.data / "fsync-fails"

    def fail_once(self) -> None:
        """Let the next fsync fail."""
        self.trigger.touch()

    def failed(self) -> bool:
        """Whether it has."""
        return not self.trigger.exists()

    def panics(self) -> int:
        """How often PostgreSQL gave up."""
        return (self.data / "log").read_text().count("PANIC")


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FailingDisk:
    """That of servers that are started from now on."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    shim, disk = tmp_path / "failing_fsync.so", FailingDisk(tmp_path / "data")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, SHIM], check=True)  # noqa: S603 - its own file
    monkeypatch.setenv("LD_PRELOAD", str(shim))
    monkeypatch.setenv("FSYNC_FAILS", str(disk.trigger))
    return disk


@pytest.fixture
async def pool(disk: FailingDisk) -> AsyncIterator[Pool]:
    """An embedded server whose fsync can fail."""
    async with open_database(DatabaseSettings(disk.data)) as pool:
        yield pool


@pytest.mark.parametrize("times", [1, 3])
async def test_a_commit_that_could_not_be_made_durable_is_not_acknowledged_and_none_that_was_is_lost(
    pool: Pool, disk: FailingDisk, tmp_path: Path, times: int
) -> None:
    ledger = SmallLedger(pool, tmp_path / "points")
    acknowledged = refused = 0
    for _ in range(times):
        await create(pool)
        await ledger.checkpoints.take()
        disk.fail_once()
        with pytest.raises(psycopg.Error) as told:
            await create(pool)
        assert failure_of(told.value).status == 503
        assert disk.failed()
        await create_once_back(pool)
        acknowledged, refused = acknowledged + 2, refused + 1
        # A commit that failed may have been durable after all.
        assert acknowledged <= await agree(pool) <= acknowledged + refused
    assert disk.panics() == times
    await ledger.grow(0)
    assert await ledger.found() is None
