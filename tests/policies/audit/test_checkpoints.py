"""Checkpoints continue one another, and nothing is signed that does not."""

import asyncio
import datetime as dt
from typing import LiteralString

import pytest

from policies import (
    Act,
    Checkpoint,
    Checkpoints,
    Event,
    Held,
    LedgerBroken,
    NoteInvalid,
    PostgresLedger,
    Principal,
    SigningKey,
)
from policies.audit.merkle import leaf_hash, root_of
from policies.audit.note import opened
from tests.policies.audit.conftest import Append
from ui.database import Pool
from ui.database_roles import as_owner

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


@pytest.fixture
def checkpoints(pool: Pool, key: SigningKey) -> Checkpoints:
    return Checkpoints(pool, [key])


def read(held: Held | None, key: SigningKey) -> Checkpoint:
    assert held is not None
    return Checkpoint.parse(opened(held.note, [key.public]).text)


async def tampered(pool: Pool, *statements: LiteralString) -> None:
    async with as_owner(pool) as owner:
        await owner.execute("set local session_replication_role = replica")
        for statement in statements:
            await owner.execute(statement)


async def test_a_checkpoint_signs_all_records_so_far(
    pool: Pool, checkpoints: Checkpoints, append: Append, key: SigningKey
) -> None:
    await append(5)
    checkpoint = read(await checkpoints.take(), key)
    async with pool.connection() as connection:
        leaves = [leaf_hash(record.body) async for record in PostgresLedger().records(connection)]
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (key.name, 5, root_of(leaves))


async def test_nothing_new_is_not_signed_again(pool: Pool, checkpoints: Checkpoints, append: Append) -> None:
    assert await checkpoints.take() is None
    await append(1)
    first = await checkpoints.take()
    assert await checkpoints.take() is None
    await append(1)
    second = await checkpoints.take()
    async with pool.connection() as connection:
        assert await checkpoints.latest(connection) == second
        assert await checkpoints.all(connection) == [first, second]


async def test_two_processes_take_turns(pool: Pool, append: Append, key: SigningKey) -> None:
    await append(9)
    taken = await asyncio.gather(*(Checkpoints(pool, [key]).take() for _ in range(8)))
    assert [held.size for held in taken if held is not None] == [9]


async def test_a_clock_that_is_set_back_changes_no_order(pool: Pool, key: SigningKey, agent: Principal) -> None:
    times = [NOON, NOON - dt.timedelta(hours=3), NOON + dt.timedelta(hours=1)]
    for at in times:
        async with pool.connection() as connection:
            await PostgresLedger(lambda at=at: at).append(connection, Event(Act.GROUPS_LISTED, agent))  # type: ignore[misc]
        assert await Checkpoints(pool, [key], clock=lambda at=at: at).take()  # type: ignore[misc]
    async with pool.connection() as connection:
        records = [record async for record in PostgresLedger().records(connection)]
        signed = await Checkpoints(pool, [key]).all(connection)
    assert [(record.index, record.at) for record in records] == list(enumerate(times))
    assert [held.at for held in signed] == [NOON, NOON, NOON + dt.timedelta(hours=1)]
    assert [read(held, key).at for held in signed] == [held.at for held in signed]


REWRITTEN: LiteralString = r"update ledger_node set hash = sha256('forged') where level = 0 and index = 2"
REHASHED: LiteralString = r"""
update ledger_node as above set hash = sha256('\x01'::bytea || lefts.hash || rights.hash)
from ledger_node as lefts, ledger_node as rights
where lefts.level = above.level - 1 and rights.level = lefts.level
    and lefts.index = above.index * 2 and rights.index = lefts.index + 1
"""


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_ledger_that_was_rewritten_is_not_signed(
    pool: Pool, checkpoints: Checkpoints, append: Append, key: SigningKey, restarted: bool
) -> None:
    await append(9)
    await checkpoints.take()
    await tampered(pool, REWRITTEN, *[REHASHED] * 3)  # a level each time
    await append(1)
    if restarted:
        checkpoints = Checkpoints(pool, [key])
    with pytest.raises(LedgerBroken, match="réécrit"):
        await checkpoints.take()
    async with pool.connection() as connection:
        assert [held.size for held in await checkpoints.all(connection)] == [9]


async def test_an_older_copy_of_the_database_is_not_signed(pool: Pool, append: Append, key: SigningKey) -> None:
    kept: list[str] = []
    checkpoints = Checkpoints(pool, [key], keep=kept.append)
    await append(3)
    await checkpoints.take()
    await append(3)
    await checkpoints.take()
    await tampered(
        pool,
        "delete from ledger_checkpoint where size = 6",
        "delete from ledger_record where index >= 4",
        "delete from ledger_node where (index + 1) << level > 4",
        "update ledger_head set size = 4",
    )
    for looking in (checkpoints, Checkpoints(pool, [key], known=kept[-1])):
        with pytest.raises(LedgerBroken, match="état plus ancien"):
            await looking.take()


async def test_what_was_signed_by_a_call_that_did_not_come_back_is_known_from_the_next_on(
    pool: Pool, append: Append, key: SigningKey
) -> None:
    await append(2)
    signed = await Checkpoints(pool, [key]).take()
    kept: list[str] = []
    after = Checkpoints(pool, [key], keep=kept.append)
    assert [await after.take(), await after.take()] == [None, None]
    assert signed is not None
    assert kept == [signed.note]


async def test_a_checkpoint_of_somebody_elses_is_not_continued(
    pool: Pool, checkpoints: Checkpoints, append: Append, key: SigningKey
) -> None:
    await append(2)
    stranger = Checkpoints(pool, [SigningKey.generated(key.name)])
    await stranger.take()
    await append(1)
    for wish in (checkpoints.take, checkpoints.check):
        with pytest.raises(NoteInvalid, match="aucune des clés"):
            await wish()
    trusting = Checkpoints(pool, [key], trusted=[stranger.keys[0].public])
    assert read(await trusting.take(), key).size == 3


async def test_while_a_key_is_changed_both_sign(pool: Pool, append: Append, key: SigningKey) -> None:
    new = SigningKey.generated(key.name)
    await append(1)
    await Checkpoints(pool, [key]).take()
    await append(1)
    both = await Checkpoints(pool, [key, new]).take()
    assert read(both, key) == read(both, new)
    await append(1)
    assert read(await Checkpoints(pool, [new]).take(), new).size == 3


def test_a_checkpoint_reads_back_and_nothing_else_does() -> None:
    text = Checkpoint("registre/essai", 12, bytes(32), NOON).text()
    assert text.splitlines()[:2] == ["registre/essai", "12"]
    assert Checkpoint.parse(text).text() == text
    for other in ("", text[:-1], text + "\n", text.replace("12", "012"), text.replace("12", "-1"), text[1:] * 2):
        with pytest.raises(NoteInvalid):
            Checkpoint.parse(other)
