"""The application's rights, where its address is the owner's and where it is another one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

from policies import Act, Event, PostgresLedger, Principal
from ui.database import DatabaseSettings, Pool, open_database
from ui.database_roles import ROLE, is_owner
from ui.errors import DatabaseUnavailable
from ui.migrations import migrate

FORGOTTEN: LiteralString = f"""
do $$ begin
    if exists (select from pg_roles where rolname = '{ROLE}') then
        drop owned by {ROLE};
        drop role {ROLE};
    end if;
end $$
"""


@pytest.fixture
async def superuser(postgres: DatabaseSettings) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(postgres.url, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def apart(superuser: AsyncConnection[Any], postgres: DatabaseSettings) -> AsyncIterator[DatabaseSettings]:
    """A database of its own, with one account that owns it and one for the application, neither of them a superuser."""
    await superuser.execute(FORGOTTEN)  # other tests' owner has made it, and its own could not take it on
    await superuser.execute("create role maitre login createrole")
    await superuser.execute("create role service login")
    await superuser.execute("create database apart owner maitre")
    yield DatabaseSettings(
        postgres.folder,
        url=make_conninfo(postgres.url, user="service", dbname="apart"),
        owner=make_conninfo(postgres.url, user="maitre", dbname="apart"),
    )
    await superuser.execute("drop database apart with (force)")
    await superuser.execute("drop role service")
    await superuser.execute("drop role maitre")
    await migrate(postgres.url, application=postgres.url)  # the other tests' application has its rights again


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
