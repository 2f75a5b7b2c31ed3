"""How a database becomes that of this version: by the scripts of `deploy/migrations` and of the queue, each once.

Invariants:
1. Forward only. A script and the note that it was applied commit together; two processes that begin at once apply
   them one after the other.
2. Processes of the version before go on working through it: a script adds, and takes nothing away. One that cannot has
   `-- alone` as its first line: it is refused while a process of the assistant is at work, and once it was applied no
   version before it starts any more.
3. Nobody waits long behind a script that waits for a table: it lets go after `LOCK_S`, and is tried again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection

from ui.database_roles import grant_rights, is_owner, make_role
from ui.errors import DatabaseNewer, DatabaseNotMigrated, DatabaseUnavailable
from ui.queue_schema import queue_scripts

FOLDER = Path(__file__).parent.parent / "deploy" / "migrations"

APPLICATION = "assistant"
"""What connections of our processes are called in the database."""

# Any constant: two processes that start at once must migrate one after the other.
LOCK = 2_026_11

ALONE = b"-- alone\n"

LOCK_S = 5
TRIES = 12
PAUSE_S = 1.0

NOTES: LiteralString = """
create table if not exists migration (name text primary key);
alter table migration add column if not exists alone boolean not null default false;
"""

# The first versions did not note `alone`.
NOTED: LiteralString = "select name, coalesce((to_jsonb(migration) ->> 'alone')::boolean, false) from migration"

AT_WORK: LiteralString = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name = %s and pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Script:
    """What is executed, and the names under which it is noted then."""

    names: Sequence[str]
    sql: bytes

    @property
    def alone(self) -> bool:
        """Whether nothing else may be at work meanwhile."""
        return self.sql.startswith(ALONE)


def scripts(applied: set[str]) -> list[Script]:
    """Those that are still to be applied."""
    own = [([file.name], file.read_bytes()) for file in sorted(FOLDER.glob("*.sql"))]
    every = [Script(names, sql) for names, sql in [*queue_scripts(applied), *own]]
    return [script for script in every if applied.isdisjoint(script.names)]


async def pending(url: str) -> list[str]:
    """The names of what `migrate` would apply. Raises `DatabaseNewer`, `DatabaseUnavailable`."""
    try:
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            return [name for script in scripts(await _applied(connection)) for name in script.names]
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"PostgreSQL est injoignable : {error}") from error


async def migrate(url: str, application: str) -> list[str]:
    """Apply what is pending, and give the account of the address `application` its rights; gives the names applied.

    Whoever does not own the tables may call it too, where nothing is pending. Raises `DatabaseNewer`,
    `DatabaseNotMigrated`, `DatabaseUnavailable`.
    """
    try:
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute("select pg_advisory_lock(%s)", [LOCK])
            waiting = scripts(await _applied(connection))
            if not waiting and not await is_owner(connection):
                return []
            if waiting and not await _may_make_tables(connection):
                raise DatabaseNotMigrated
            return await _apply(connection, waiting, application)
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseNotMigrated from error
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"PostgreSQL est injoignable : {error}") from error


async def _applied(connection: AsyncConnection[Any]) -> set[str]:
    """The names of what was applied. Raises `DatabaseNewer`."""
    there = await (await connection.execute("select to_regclass('public.migration') is not null")).fetchone()
    rows = await (await connection.execute(NOTED)).fetchall() if there and there[0] else []
    known = {name for script in scripts(set()) for name in script.names}
    if newer := sorted(name for name, alone in rows if alone and name not in known):
        raise DatabaseNewer(newer[-1])
    return {name for name, _ in rows}


async def _may_make_tables(connection: AsyncConnection[Any]) -> bool:
    query: LiteralString = "select has_schema_privilege(current_user, 'public', 'create')"
    row = await (await connection.execute(query)).fetchone()
    return bool(row and row[0])


async def _apply(connection: AsyncConnection[Any], waiting: Sequence[Script], application: str) -> list[str]:
    await make_role(connection, application)
    await connection.execute(NOTES)
    if any(script.alone for script in waiting):
        await _require_nobody_at_work(connection)
    await connection.execute(f"set lock_timeout = '{LOCK_S}s'")
    for script in waiting:
        await _patiently(connection, script)
    await grant_rights(connection)
    return [name for script in waiting for name in script.names]


async def _require_nobody_at_work(connection: AsyncConnection[Any]) -> None:
    row = await (await connection.execute(AT_WORK, [APPLICATION])).fetchone()
    if row and row[0]:
        raise DatabaseUnavailable(
            f"Cette mise à jour ne peut pas se faire pendant que l’assistant travaille : {row[0]} connexions à la base "
            "sont ouvertes. Arrêtez « assistant serve » et « assistant worker » partout, puis relancez "
            "« assistant migrate »."
        )


async def _patiently(connection: AsyncConnection[Any], script: Script) -> None:
    """Apply it as soon as what it changes is let go by others."""
    for tried in range(1, TRIES + 1):
        try:
            async with connection.transaction():
                await connection.execute(script.sql)
                await connection.execute(
                    "insert into migration select unnest(%s::text[]), %s", [list(script.names), script.alone]
                )
        except psycopg.errors.LockNotAvailable as error:
            if tried == TRIES:
                raise DatabaseUnavailable(
                    f"La mise à jour {script.names[-1]} attend une table que d’autres n’ont pas lâchée : rien n’est "
                    "perdu. Attendez la fin de ce qui l’occupe, puis relancez « assistant migrate »."
                ) from error
            await asyncio.sleep(PAUSE_S)
        else:
            return
