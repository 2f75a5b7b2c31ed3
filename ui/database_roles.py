"""What the application may do in the database: everything with its own tables, and only add to the audit ledger.

Tables belong to an owner, who migrates them. Each connection of the application acts as the role
`assistant_application`, which cannot change, remove or renumber a record. Where the owner's address is not the
application's (`ASSISTANT_POSTGRES_OWNER`), PostgreSQL upholds that even against whoever steals the application's
address. Where there is one address only, whoever has it can `reset role`: then checkpoints alone show a change.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict

from retrieval.rows import Pool
from ui.errors import DatabaseUnavailable

ROLE: LiteralString = "assistant_application"

ACT_AS: LiteralString = f"set role {ROLE}"

# Roles belong to the whole cluster: another database's process may make it in the same moment.
CREATE: LiteralString = f"""
do $$ begin
    if not exists (select from pg_roles where rolname = '{ROLE}') then
        create role {ROLE};
    end if;
exception when duplicate_object or unique_violation then null;
end $$
"""

# Since version 16 whoever makes a role administers it, but may not yet take it on.
MAY_ACT_AS: LiteralString = f"select pg_has_role(%s, '{ROLE}', %s)"

GRANT: LiteralString = f"""
grant usage on schema public to {ROLE};
grant select, insert, update, delete on all tables in schema public to {ROLE};
grant usage on all sequences in schema public to {ROLE};

revoke insert, update, delete on migration from {ROLE};
revoke insert, update, delete on ledger_record, ledger_head from {ROLE};
revoke update, delete on ledger_node, ledger_checkpoint from {ROLE};
revoke insert, update on ledger_content from {ROLE};
grant execute on function ledger_append to {ROLE};
"""

# Whether whoever connects with this address could act as the owner of the ledger.
IS_OWNER: LiteralString = (
    "select pg_has_role(session_user, relowner, 'member') from pg_class where oid = 'ledger_record'::regclass"
)


async def act_as_application(connection: AsyncConnection[Any]) -> None:
    """From now on this connection has the application's rights."""
    await connection.execute(ACT_AS)
    await connection.commit()


async def make_role(owner: AsyncConnection[Any], url: str) -> None:
    """Make the application's role, and let the owner and the account of `url` take it on.

    Raises `DatabaseUnavailable` with the commands of PostgreSQL where the owner may not.
    """
    account = str(conninfo_to_dict(url).get("user") or owner.info.user)
    try:
        await owner.execute(CREATE)
        for name in (owner.info.user, account):
            privilege = "set" if owner.info.server_version >= 160_000 else "member"
            row = await (await owner.execute(MAY_ACT_AS, [name, privilege])).fetchone()
            if row and not row[0]:
                await owner.execute(sql.SQL("grant {} to {}").format(sql.Identifier(ROLE), sql.Identifier(name)))
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedObject) as error:
        raise DatabaseUnavailable(
            f"Le compte PostgreSQL « {owner.info.user} » ne peut pas préparer le rôle « {ROLE} ». Faites exécuter "
            f"par un administrateur de la base : create role {ROLE}; grant {ROLE} to {owner.info.user}, {account};"
        ) from error


async def grant_rights(owner: AsyncConnection[Any]) -> None:
    """Give the application its rights on all tables that there are."""
    async with owner.transaction():
        await owner.execute(GRANT)


async def is_owner(connection: AsyncConnection[Any]) -> bool:
    """Whether whoever has this connection's address can rewrite the ledger."""
    row = await (await connection.execute(IS_OWNER)).fetchone()
    return bool(row and row[0])


@asynccontextmanager
async def as_owner(pool: Pool, owner_url: str = "") -> AsyncIterator[AsyncConnection[Any]]:
    """A connection of its own with the owner's rights; `owner_url` is empty where the pool's address is the owner's."""
    url = owner_url or pool.conninfo
    assert isinstance(url, str)  # noqa: S101 - `open_database` gives it so
    async with await AsyncConnection.connect(url) as connection:
        yield connection
