"""The application's rights, where its address is the owner's and where it is another one."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

from policies import Act, Event, PostgresLedger, Principal
from ui.database import DatabaseSettings, Pool, open_database, start_server
from ui.database_roles import ROLE, is_owner
from ui.errors import DatabaseUnavailable


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own, on which nobody has made the role yet: roles belong to all databases of a server."""
    started = start_server(Path(tmp_path_factory.mktemp("roles")) / "data")
    yield started.get_uri()
    started.cleanup()


@pytest.fixture
async def superuser(server: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(server, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def apart(superuser: AsyncConnection[Any], server: str, tmp_path: Path) -> AsyncIterator[DatabaseSettings]:
    """A database of its own, with one account that owns it and one for the application, neither of them a superuser."""
    await superuser.execute("create role maitre login createrole")
    await superuser.execute("create role service login")
    await superuser.execute("create database apart owner maitre")
    yield DatabaseSettings(
        tmp_path,
        url=make_conninfo(server, user="service", dbname="apart"),
        owner=make_conninfo(server, user="maitre", dbname="apart"),
    )
    await superuser.execute("drop database apart with (force)")
    await superuser.execute(f"drop role {ROLE}, service, maitre")


async def test_two_addresses_keep_the_ledger_from_whoever_has_the_applications(
    apart: DatabaseSettings, agent: Principal
) -> None:
    async with open_database(apart) as pool:
        async with pool.connection() as connection:
            await PostgresLedger().append(connection, Event(Act.GROUPS_LISTED, agent))
            assert not await is_owner(connection)
        async with await AsyncConnection.connect(apart.url) as stolen:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await stolen.execute("delete from ledger_record")


async def test_with_one_address_the_owner_is_told_apart(pool: Pool) -> None:
    async with pool.connection() as connection:
        row = await (await connection.execute("select current_user::text")).fetchone()
        assert row == (ROLE,)
        assert await is_owner(connection)


async def test_an_owner_that_is_no_superuser_may_be_the_only_address(apart: DatabaseSettings, agent: Principal) -> None:
    async with open_database(replace(apart, url=apart.owner, owner="")) as pool, pool.connection() as connection:
        await PostgresLedger().append(connection, Event(Act.GROUPS_LISTED, agent))
        assert await is_owner(connection)


async def test_every_table_may_be_used_but_those_of_the_ledger(pool: Pool) -> None:
    missing = """
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and relname not like 'ledger%%' and relname <> 'migration'
        and not (has_table_privilege(%(role)s, oid, 'select') and has_table_privilege(%(role)s, oid, 'insert')
            and has_table_privilege(%(role)s, oid, 'update') and has_table_privilege(%(role)s, oid, 'delete'))
    """
    async with pool.connection() as connection:
        assert await (await connection.execute(missing, {"role": ROLE})).fetchall() == []


async def test_an_owner_that_may_not_make_the_role_says_what_to_type(
    apart: DatabaseSettings, superuser: AsyncConnection[Any]
) -> None:
    await superuser.execute("alter role maitre nocreaterole")
    with pytest.raises(DatabaseUnavailable, match=f"grant {ROLE} to maitre, service"):
        async with open_database(apart):
            pass
    await superuser.execute(f"create role {ROLE}")
    await superuser.execute(f"grant {ROLE} to maitre, service")
    async with open_database(apart) as pool, pool.connection() as connection:
        await connection.execute("select count(*) from ledger_record")
