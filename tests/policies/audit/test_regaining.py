"""A ledger that was set back by a restore goes on from what a place outside the database holds, without a fork."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import LiteralString

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import Act, Checkpoints, Event, PostgresLedger
from policies.audit.finding import What
from policies.audit.regaining import Regained, regain
from policies.errors import LedgerBroken
from tests.conftest import EMPTY
from tests.policies.audit.ledgers import SOMEBODY, SmallLedger
from ui.database import DatabaseSettings, Pool, open_pool
from ui.database_roles import as_owner

# As a dump of that moment holds it: records up to one, checkpoints and nodes up to another.
SET_BACK: tuple[LiteralString, ...] = (
    "set local session_replication_role = replica",
    "delete from ledger_record where index >= %(held)s",
    "delete from ledger_checkpoint where size > %(signed)s",
    "delete from ledger_node where ((index + 1) << level) > %(signed)s",
    "delete from ledger_head where %(held)s = 0",
    "update ledger_head set size = %(held)s where %(held)s > 0",
)


async def restored(ledger: SmallLedger, held: int, signed: int) -> Regained:
    """The ledger set back, and gone on with; the record of the restore comes right after what was lost."""
    async with as_owner(ledger.pool) as connection:
        for statement in SET_BACK:
            await connection.execute(statement, {"held": held, "signed": signed})
    async with as_owner(ledger.pool) as connection:
        regained = await regain(connection, [ledger.place], [ledger.key.public])
        span = {"from": regained.held, "to": regained.size} if regained.lost else {}
        await PostgresLedger().append(connection, Event(Act.BACKUP_RESTORED, SOMEBODY, {"size": held, **span}))
    ledger.checkpoints = Checkpoints(ledger.pool, [ledger.key], known=regained.note)
    await ledger.grow(0, 2)
    return regained


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(st.integers(1, 5), max_size=3),
    unsigned=st.integers(0, 3),
    after=st.lists(st.integers(1, 5), max_size=3),
    twice=st.booleans(),
)
def test_whatever_was_lost_it_verifies_and_names_what_was_lost(
    postgres: DatabaseSettings, before: Sequence[int], unsigned: int, after: Sequence[int], twice: bool
) -> None:
    async def run() -> None:
        async with open_pool(postgres.url, 4) as pool:
            await emptied(pool)
            ledger = SmallLedger(pool, Path(mkdtemp()))
            await ledger.grow(*before)
            signed = sum(before)
            # Records of the backup that no checkpoint covered when it was made are covered by a later one in the place.
            await ledger.grow(*([unsigned + after[0], *after[1:]] if after else []))
            held = signed + (unsigned if after else 0)
            regained = await restored(ledger, held, signed)
            assert (regained.held, regained.size) == (held, held + sum(after))
            verified = await ledger.verified()
            assert verified.finding is None
            assert verified.lost == (((held, held + sum(after)),) if after else ())
            if twice:  # the same backup once more
                size = verified.sealed
                await restored(ledger, held, signed)
                verified = await ledger.verified()
                assert verified.finding is None
                assert verified.lost == ((held, size),)

    asyncio.run(run())


async def emptied(pool: Pool) -> None:
    async with as_owner(pool) as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(EMPTY)


async def test_a_backup_of_another_ledger_is_no_restore(pool: Pool, tmp_path: Path) -> None:
    ledger = SmallLedger(pool, tmp_path)
    await ledger.grow(3, 4)
    async with as_owner(pool) as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(
            "update ledger_record set body = replace(body::text, '7b', '7c')::bytea where index = 4"
        )
    with pytest.raises(LedgerBroken, match="L’enregistrement 4"):
        await restored(ledger, 6, 3)


async def test_records_that_lack_where_no_restore_ends_are_missing(pool: Pool, tmp_path: Path) -> None:
    ledger = SmallLedger(pool, tmp_path)
    await ledger.grow(3, 4)
    async with pool.connection() as connection:
        forged = Event(Act.BACKUP_RESTORED, SOMEBODY, {"from": 4, "to": 6})  # but it is record 7
        await PostgresLedger().append(connection, forged)
    await ledger.grow(1)
    async with as_owner(pool) as connection:
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("delete from ledger_record where index in (4, 5)")
    finding = await ledger.found()
    assert finding is not None
    assert (finding.kind, finding.index) == (What.MISSING, 4)
