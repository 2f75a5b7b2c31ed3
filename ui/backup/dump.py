"""The database's dump: `pg_dump` and `pg_restore`, those of the embedded server or those of this machine."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ui.database import SERVER_PROGRAMS
from ui.errors import BackupToolMissing, DatabaseUnavailable

PIECE = 1 << 20

# What is dumped belongs to whoever restores it, who gives the rights anew (ui/migrations.py).
PLAIN = ("--no-owner", "--no-privileges")


def tool(name: str, least: int) -> Path:
    """The program, of PostgreSQL's version `least` or a later one. Raises `BackupToolMissing`."""
    found = {path: version(path) for path in _candidates(name)}
    for path, its in found.items():
        if its >= least:
            return path
    there = f"celui qui est là est de la version {max(found.values())}" if found else "il n’est pas installé"
    raise BackupToolMissing(
        f"Il faut {name} de PostgreSQL {least} ou d’une version plus récente, et {there}. Installez le paquet "
        f"postgresql-client-{least}, puis recommencez."
    )


@cache
def version(path: Path) -> int:
    """The major version of a program of PostgreSQL's; 0 where it does not tell."""
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\(PostgreSQL\) (\d+)", told)
    return int(found[1]) if found else 0


@asynccontextmanager
async def dumping(url: str, snapshot: str, least: int, private: Path) -> AsyncIterator[AsyncIterator[bytes]]:
    """The dump of that snapshot in `pg_dump`'s custom format, in pieces; `private` is a folder for a password.

    Raises `BackupToolMissing`, `DatabaseUnavailable`.
    """
    arguments = ["--format=custom", "--compress=1", f"--snapshot={snapshot}", *PLAIN, "--no-password"]
    process = await asyncio.create_subprocess_exec(
        tool("pg_dump", least),
        *arguments,
        f"--dbname={without_password(url, private)}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
    )
    assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018 - both are pipes
    complaint = asyncio.create_task(process.stderr.read())
    try:
        yield _pieces(process.stdout)
        if await process.wait():
            raise DatabaseUnavailable(f"La base n’a pas pu être copiée : {last_line(await complaint)}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await complaint


def restoring(url: str, least: int, private: Path) -> subprocess.Popen[bytes]:
    """`pg_restore` that reads a dump from its input, all or nothing. Raises `BackupToolMissing`."""
    command = [str(tool("pg_restore", least)), *PLAIN, "--single-transaction", "--exit-on-error", "--no-password"]
    return subprocess.Popen(  # noqa: S603 - a program of PostgreSQL's, and our own words
        [*command, f"--dbname={without_password(url, private)}"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )


def reading(tables: tuple[str, ...], least: int) -> subprocess.Popen[bytes]:
    """`pg_restore` that writes the rows of some tables as text, without a server. Raises `BackupToolMissing`."""
    named = [f"--table={table}" for table in tables]
    return subprocess.Popen(  # noqa: S603 - the same
        [tool("pg_restore", least), "--data-only", *named, "--file=-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )


def without_password(url: str, private: Path) -> str:
    """The address as it may stand among a program's arguments; a password lies in a file of the private folder."""
    told = conninfo_to_dict(url)
    password = told.pop("password", None)
    if password:
        file = private / "pgpass"
        escaped = str(password).replace("\\", r"\\").replace(":", r"\:")
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as target:
            target.write(f"*:*:*:*:{escaped}\n")
        told["passfile"] = str(file)
    return make_conninfo(**{name: str(value) for name, value in told.items() if value is not None})


def environment() -> dict[str, str]:
    """That of these programs: nothing of ours, so that no secret of a setting stands in it."""
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGAPPNAME": "assistant-backup"}


def last_line(complaint: bytes) -> str:
    """What such a program said last."""
    return (complaint.decode("utf-8", "replace").strip().splitlines() or ["?"])[-1]


async def _pieces(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await stream.read(PIECE):
        yield piece


def _candidates(name: str) -> list[Path]:
    there = shutil.which(name)
    return [path for path in (SERVER_PROGRAMS / name, Path(there) if there else None) if path and path.exists()]
