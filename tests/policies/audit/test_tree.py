"""The tree in the database is the one that RFC 9162 makes of the records, however it grew."""

import pytest

from policies import LedgerBroken, PostgresLedger, ProofInvalid, Tree
from policies.audit.merkle import (
    EMPTY,
    consistency_of,
    inclusion_of,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.policies.audit.conftest import Append
from ui.database import Pool
from ui.database_roles import as_owner


async def leaves(pool: Pool) -> list[bytes]:
    async with pool.connection() as connection:
        return [leaf_hash(record.body) async for record in PostgresLedger().records(connection)]


async def test_an_empty_ledger_has_the_empty_tree(pool: Pool) -> None:
    async with pool.connection() as connection:
        assert await Tree().integrate(connection) == 0
        assert await Tree().root(connection, 0) == EMPTY


async def test_it_grows_in_any_steps(pool: Pool, append: Append) -> None:
    tree, size = Tree(), 0
    for step in (1, 1, 2, 3, 1, 9, 16, 31, 0, 5):
        await append(step)
        size += step
        async with pool.connection() as connection:
            assert await tree.integrate(connection) == size == await tree.size(connection)
            assert await tree.root(connection, size) == root_of(await leaves(pool))
    async with pool.connection() as connection:
        row = await (await connection.execute("select count(*) from ledger_node")).fetchone()
    assert row == (sum(size >> level for level in range(size.bit_length())),)


async def test_all_proofs_are_those_of_the_rfc(pool: Pool, append: Append) -> None:
    await append(21)
    tree, hashes = Tree(), await leaves(pool)
    async with pool.connection() as connection:
        await tree.integrate(connection)
        for size in range(1, 22):
            root = await tree.root(connection, size)
            assert root == root_of(hashes[:size])
            for index in range(size):
                path = await tree.inclusion(connection, index, size)
                assert path == inclusion_of(hashes[:size], index)
                verify_inclusion(hashes[index], index, size, path, root)
            for first in range(size + 1):
                path = await tree.consistency(connection, first, size)
                assert path == consistency_of(hashes[:size], first)
                verify_consistency(first, root_of(hashes[:first]), size, root, path)


async def test_what_is_beyond_the_tree_has_no_proof(pool: Pool, append: Append) -> None:
    await append(3)
    async with pool.connection() as connection:
        await Tree().integrate(connection)
        with pytest.raises(ProofInvalid):
            await Tree().inclusion(connection, 3, 3)
        with pytest.raises(LedgerBroken):
            await Tree().root(connection, 4)


async def test_a_record_that_vanished_before_it_was_hashed_is_missed(pool: Pool, append: Append) -> None:
    await append(5)
    async with as_owner(pool) as owner:
        await owner.execute("set local session_replication_role = replica")
        await owner.execute("delete from ledger_record where index = 2")
    async with pool.connection() as connection:
        with pytest.raises(LedgerBroken, match="Il manque 1 enregistrement"):
            await Tree().integrate(connection)


async def test_what_is_not_committed_is_not_in_the_tree(pool: Pool, append: Append) -> None:
    await append(2)
    async with pool.connection() as connection, pool.connection() as other:
        await other.execute("select ledger_append(array[now()], array['x'::bytea], '{}', '{}', '{}', '{}')")
        assert await Tree().integrate(connection) == 2
        await other.rollback()
