"""The ledger through a fault at each of its operations, one after the other: what was acknowledged is there, what is
there verifies, and doing it again ends where it would have ended."""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from policies import PolicyError, PostgresLedger, Purging, read_retention
from retrieval import Catalog
from tests.faults.acting import create
from tests.faults.nth import Operations, counting
from tests.policies.audit.ledgers import SOMEBODY, SmallLedger
from tests.policies.audit.test_purge import OLD, Kept
from ui.database import Pool
from ui.database_roles import as_owner

FAULTS = (PolicyError, psycopg.Error, OSError)


class Acting(SmallLedger):
    """A process that acts, signs and ships; `acknowledged` is what it was told has been done."""

    acknowledged: list[UUID]

    async def work(self) -> None:
        self.acknowledged.append(await create(self.pool))
        await self.grow(0)


def _started(pool: Pool, folder: Path, before: SmallLedger | None = None) -> Acting:
    """As after a start: it knows the key, and nothing else."""
    acting = Acting(pool, folder) if before is None else Acting(pool, folder, before.key)
    acting.acknowledged = []
    return acting


async def _agree(pool: Pool) -> set[UUID]:
    """The collections of the catalogue, which are those of the ledger."""
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
        held = {one.id for one in await Catalog().collections(connection)}
    recorded = [UUID(body["details"]["collection_id"]) for body in bodies if body["act"] == "collection.created"]
    assert sorted(recorded) == sorted(held)
    return held


@pytest.mark.parametrize("before", [True, False], ids=["before it", "after it"])
async def test_acts_signatures_and_their_sending(pool: Pool, tmp_path: Path, before: bool) -> None:
    folder, first = tmp_path / "place", _started(pool, tmp_path / "place")
    number, happened = 0, True
    while happened:
        number += 1
        acting = _started(pool, folder, first)
        with counting(Operations(number, before)) as faulty, suppress(*FAULTS):
            await acting.work()
        happened = faulty.happened
        assert set(acting.acknowledged) <= await _agree(pool), number
        again = _started(pool, folder, first)
        await again.work()
        assert set(again.acknowledged) <= await _agree(pool), number
        assert await again.found() is None, number
    assert number > 20


@pytest.mark.parametrize("before", [True, False], ids=["before it", "after it"])
async def test_the_purge_of_what_is_past_its_time(pool: Pool, tmp_path: Path, before: bool) -> None:
    kept, owner = Kept(pool, tmp_path / "place"), partial(as_owner, pool)
    purging = Purging(pool, owner, PostgresLedger(), read_retention(), SOMEBODY, batch=4)

    async def purge() -> None:
        await purging.texts()
        await purging.records()
        await kept.grow(0)

    async def size() -> tuple[int, int]:
        async with pool.connection() as connection:
            row = await (
                await connection.execute(
                    "select (select count(*) from ledger_record where at < %s),"
                    " (select count(*) from ledger_content join ledger_record on record = index where at < %s)",
                    [OLD, OLD],
                )
            ).fetchone()
        assert row
        return row[0], row[1]

    await kept.add(OLD, 3)
    await purge()
    left = await size()
    number, happened = 0, True
    while happened:
        number += 1
        await kept.add(OLD, 3)
        with counting(Operations(number, before)) as faulty, suppress(*FAULTS):
            await purge()
        happened = faulty.happened
        await purge()
        assert await size() == left, number
        assert await kept.found() is None, number
    assert number > 20
