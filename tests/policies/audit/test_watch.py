"""Checkpoints come in time, and go out."""

import asyncio
from typing import Any

import pytest

from policies import Checkpoints, LedgerBroken, SigningKey, Watch
from tests.policies.audit.conftest import Append
from ui.database import Pool

SELDOM = 3_600.0


class Place:
    """Counts how often it was sent to, and can be away."""

    def __init__(self) -> None:
        self.sent = asyncio.Semaphore(0)
        self.times = 0
        self.away = False

    async def ship(self) -> None:
        self.times += 1
        self.sent.release()
        if self.away:
            raise OSError


@pytest.fixture
def checkpoints(pool: Pool, key: SigningKey) -> Checkpoints:
    return Checkpoints(pool, [key])


async def test_many_records_want_a_checkpoint_at_once(pool: Pool, checkpoints: Checkpoints, append: Append) -> None:
    place = Place()
    watch = Watch(pool, checkpoints, place.ship, seconds=SELDOM, records=5)
    async with watch.watching():
        await place.sent.acquire()  # as it begins
        await append(5)
        await place.sent.acquire()
        assert (await watch.standing()).signed == 5


async def test_time_wants_one_too(pool: Pool, checkpoints: Checkpoints, append: Append) -> None:
    place = Place()
    watch = Watch(pool, checkpoints, place.ship, seconds=0.01, records=1_000)
    async with watch.watching():
        await append(1)
        while (await watch.standing()).signed == 0:
            await place.sent.acquire()


async def test_a_place_that_was_away_is_sent_to_again(pool: Pool, checkpoints: Checkpoints) -> None:
    place = Place()
    place.away = True
    async with Watch(pool, checkpoints, place.ship, seconds=0.01).watching():
        for _ in range(3):
            await place.sent.acquire()


async def test_what_is_left_is_signed_and_sent_at_the_end(pool: Pool, checkpoints: Checkpoints, append: Append) -> None:
    place = Place()
    watch = Watch(pool, checkpoints, place.ship, seconds=SELDOM)
    async with watch.watching():
        await place.sent.acquire()
        await append(2)
    assert place.times == 2
    standing = await watch.standing()
    assert (standing.records, standing.signed, standing.late, standing.trouble) == (2, 2, False, "")


async def test_a_ledger_that_cannot_be_signed_is_said_once(
    pool: Pool, append: Append, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        async def take(self) -> None:
            raise LedgerBroken("Le registre a été réécrit.")

        async def latest(self, _: Any) -> None:
            return None

    broken: Any = Broken()
    watch = Watch(pool, broken, Place().ship, seconds=SELDOM)
    await append(1)
    await watch.turn()
    await watch.turn()
    assert len([record for record in caplog.records if "réécrit" in record.getMessage()]) == 1
    standing = await watch.standing()
    assert (standing.late, standing.trouble) == (True, "Le registre a été réécrit.")
