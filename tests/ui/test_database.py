"""The embedded database, and who can come near it."""

import stat
from pathlib import Path

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
