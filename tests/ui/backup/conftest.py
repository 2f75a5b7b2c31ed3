"""One installation that is lost, and one that is restored from its backup, for all tests that look at them."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.backup.installation import Lost, database, lose, restored
from ui.database import DatabaseSettings
from ui.restore.continuing import Restored
from ui.settings import Settings


@pytest.fixture(scope="session")
def lost(tmp_path_factory: pytest.TempPathFactory, postgres: DatabaseSettings) -> Lost:
    """Backed up under load, then much was erased, then lost; its home is gone, the places of checkpoints are not."""
    folder = Path(tmp_path_factory.mktemp("lost"))
    with database(postgres.url, "lost") as url:
        left = asyncio.run(lose(folder, url))
    shutil.rmtree(folder / "home")
    return left


@pytest.fixture(scope="session")
def again(
    lost: Lost, tmp_path_factory: pytest.TempPathFactory, postgres: DatabaseSettings
) -> Iterator[tuple[Settings, Restored]]:
    """The same, restored elsewhere."""
    with database(postgres.url, "again") as url:
        yield asyncio.run(restored(lost, Path(tmp_path_factory.mktemp("again")) / "home", url))
