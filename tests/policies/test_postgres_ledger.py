"""What PostgreSQL keeps of the ledger: records that cannot be rewritten, content that can be erased."""

import json
from typing import LiteralString

import psycopg
import pytest

from policies import Act, Event, PostgresLedger, Principal
from policies.audit.body import Content, commitment
from ui.database import Pool
from ui.database_roles import as_owner

SECRET = "Le dossier de Mme Durand"


@pytest.fixture
async def pool_with_a_record(pool: Pool, agent: Principal) -> Pool:
    async with pool.connection() as connection:
        await PostgresLedger().append(connection, Event(Act.QUESTION_ASKED, agent, content={"question": SECRET}))
    return pool


REWRITINGS: list[LiteralString] = [
    "update ledger_record set body = ''",
    "update ledger_record set index = index + 1",
    "update ledger_record set at = now() where index = 12",
    "delete from ledger_record",
    "truncate ledger_record cascade",
    "update ledger_head set size = size",
    "delete from ledger_head",
    "truncate ledger_head",
    "update ledger_node set hash = hash",
    "delete from ledger_node",
    "truncate ledger_node",
    "update ledger_checkpoint set note = ''",
    "delete from ledger_checkpoint",
    "truncate ledger_checkpoint",
]

BEYOND_APPENDING: list[LiteralString] = [
    "insert into ledger_record (index, at, body) values (7, now(), '')",
    "insert into ledger_head (size) values (7)",
    "update ledger_head set size = size + 1",
    "insert into ledger_content (record, name, salt, text) values (0, 'x', decode(repeat('00', 32), 'hex'), '')",
    "update ledger_content set text = ''",
    "truncate ledger_content",
    "drop table ledger_node",
    "alter table ledger_record disable trigger all",
    "set session_replication_role = replica",
    "create or replace function ledger_append(timestamptz[], bytea[], int[], text[], bytea[], bytea[]) returns bigint "
    "language sql as 'select 1::bigint'",
    "delete from migration",
]


@pytest.mark.parametrize("rewriting", REWRITINGS + BEYOND_APPENDING)
async def test_the_application_may_only_add_to_the_ledger(pool_with_a_record: Pool, rewriting: LiteralString) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool_with_a_record.connection() as connection:
            await connection.execute(rewriting)
    async with pool_with_a_record.connection() as connection:
        assert [record.index async for record in PostgresLedger().records(connection)] == [0]


@pytest.mark.parametrize("rewriting", REWRITINGS)
async def test_even_its_owner_does_not_rewrite_the_ledger_by_mistake(
    pool_with_a_record: Pool, rewriting: LiteralString
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
        async with as_owner(pool_with_a_record) as connection:
            await connection.execute(rewriting)


async def test_a_name_in_a_schema_of_ones_own_does_not_lead_appending_astray(
    pool_with_a_record: Pool, agent: Principal
) -> None:
    async with pool_with_a_record.connection() as connection:
        await connection.execute("create temporary table ledger_head (one boolean primary key, size bigint)")
        await connection.execute("insert into ledger_head values (true, 41)")
        assert await PostgresLedger().append(connection, Event(Act.STARTED, agent)) == 1
        await connection.execute("drop table pg_temp.ledger_head")


async def test_a_kept_text_can_be_shown_to_be_the_recorded_one(pool_with_a_record: Pool) -> None:
    async with pool_with_a_record.connection() as connection:
        (record,) = [record async for record in PostgresLedger().records(connection)]
        kept = await connection.execute("select name, salt, text from ledger_content where record = 0")
        ((name, salt, text),) = await kept.fetchall()
    assert text.decode() == SECRET
    assert json.loads(record.body)["content"] == {name: commitment(Content(name, salt, text))}
    assert commitment(Content(name, salt, b"another text")) != commitment(Content(name, salt, text))


async def test_a_text_can_be_erased_and_its_record_stays(pool_with_a_record: Pool) -> None:
    async with pool_with_a_record.connection() as connection:
        before = [record async for record in PostgresLedger().records(connection)]
        await connection.execute("delete from ledger_content where record = 0")
        assert [record async for record in PostgresLedger().records(connection)] == before


async def test_no_text_lies_outside_the_erasable_table(pool_with_a_record: Pool) -> None:
    async with pool_with_a_record.connection() as connection:
        for table in ("ledger_record", "ledger_head"):
            query = psycopg.sql.SQL("select convert_to({0}::text, 'UTF8') from {0}").format(
                psycopg.sql.Identifier(table)
            )
            rows = await (await connection.execute(query)).fetchall()
            assert rows
            written = b"".join(row for (row,) in rows)
            assert SECRET.encode() not in written
            assert SECRET.encode().hex().encode() not in written
