"""Processes that act are killed 200 times: no act without its record, no record without its act, no gap."""

import asyncio
import multiprocessing
import random
import signal

import pytest

from tests.faults.acting import AT_ONCE, Boundary, act_until_killed
from tests.faults.agreement import agree
from ui.database import DatabaseSettings, Pool

AT_RANDOM, AT_EACH_BOUNDARY = 140, 20
STUCK_S = 60

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["pytest", "tests.faults.acting", "tests.ingestion.mortal_worker"])


async def _grown(pool: Pool, size: int) -> None:
    """Wait until there are so many records."""
    while True:
        async with pool.connection() as connection:
            row = await (await connection.execute("select size from ledger_head")).fetchone()
        if row is not None and row[0] >= size:
            return


async def test_killed_at_any_moment_a_process_leaves_no_act_without_its_record(
    pool: Pool, postgres: DatabaseSettings
) -> None:
    moments, size = random.Random(), 0  # noqa: S311 - any moments will do
    for _ in range(AT_RANDOM):
        one = _PROCESSES.Process(target=act_until_killed, args=(postgres.url, Boundary.NONE, 0))
        one.start()
        try:
            async with asyncio.timeout(STUCK_S):
                await _grown(pool, size + moments.randint(1, 12))
        finally:
            one.kill()
        one.join(STUCK_S)
        assert one.exitcode == -signal.SIGKILL
        size = await agree(pool)
    assert size >= AT_RANDOM


@pytest.mark.parametrize("boundary", [one for one in Boundary if one is not Boundary.NONE])
async def test_killed_between_the_act_its_record_and_their_commit_it_leaves_both_or_neither(
    pool: Pool, postgres: DatabaseSettings, boundary: Boundary
) -> None:
    for after in range(1, AT_EACH_BOUNDARY + 1):
        one = _PROCESSES.Process(target=act_until_killed, args=(postgres.url, boundary, 1 + after % AT_ONCE))
        one.start()
        one.join(STUCK_S)
        assert one.exitcode == -signal.SIGKILL
        await agree(pool)
