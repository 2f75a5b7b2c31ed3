"""Whoever is refused again and again fills neither the ledger nor our memory, and no refusal is lost."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.audit.event import Act, Event
from policies.audit.ledger import Transaction
from policies.audit.postgres import PostgresLedger
from policies.errors import LedgerUnavailable
from ui.database import Pool
from ui.errors import TooManyRefusals
from ui.identity import NOBODY
from ui.sign_in.refusals import OTHERS, RefusalLimits, Refusals, open_refusals

LIMITS = RefusalLimits(budget=2, peers=3)
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def refusals(pool: Pool, ledger: PostgresLedger) -> Refusals:
    return Refusals(pool, ledger, LIMITS)


async def _refuse(refusals: Refusals, peer: str = HERE) -> bool:
    """Whether that refusal was recorded singly; its reason is the peer, for what the tests compare."""
    try:
        await refusals.record(Event(Act.SERVICE_REFUSED, NOBODY, {"reason": peer}), peer)
    except (TooManyRefusals, LedgerUnavailable):
        return False
    return True


async def _recorded(pool: Pool, ledger: PostgresLedger, start: int = 0) -> list[tuple[str, int]]:
    """Peer and number of refusals of each record from that one on."""
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in ledger.records(connection, start)]
    return [
        (body["details"]["peer"], body["details"]["refusals"])
        if body["act"] == Act.REFUSALS_SUMMED
        else (body["details"]["reason"], 1)
        for body in bodies
    ]


async def test_beyond_the_budget_one_record_says_how_many_there_were(
    pool: Pool, ledger: PostgresLedger, refusals: Refusals
) -> None:
    assert [await _refuse(refusals) for _ in range(5)] == [True, True, False, False, False]
    assert await _recorded(pool, ledger) == [(HERE, 1), (HERE, 1)]
    await refusals.sum_up()
    await refusals.sum_up()
    assert await _recorded(pool, ledger) == [(HERE, 1), (HERE, 1), (HERE, 3)]


async def test_the_next_minute_has_a_budget_of_its_own(refusals: Refusals) -> None:
    for _ in range(2):
        assert [await _refuse(refusals) for _ in range(3)] == [True, True, False]
        await refusals.sum_up()


async def test_another_address_has_its_own_budget(refusals: Refusals) -> None:
    for _ in range(9):
        await _refuse(refusals, HERE)
    assert await _refuse(refusals, THERE)


async def test_of_very_many_addresses_the_rest_share_one_budget(
    pool: Pool, ledger: PostgresLedger, refusals: Refusals
) -> None:
    alone = [await _refuse(refusals, f"192.0.2.{number}") for number in range(1, 9)]
    assert alone == [True] * (LIMITS.peers + LIMITS.budget) + [False] * 3
    await refusals.sum_up()
    assert (await _recorded(pool, ledger))[-1] == (OTHERS, 3)


@pytest.mark.parametrize("interrupted", [False, True])
async def test_an_ordinary_stop_loses_no_refusal(pool: Pool, ledger: PostgresLedger, interrupted: bool) -> None:
    async def process() -> None:
        async with open_refusals(pool, ledger, LIMITS) as refusals:
            for _ in range(4):
                await _refuse(refusals)
            task = asyncio.current_task()
            assert task
            if interrupted:
                task.cancel()  # as Ctrl+C does: heard at the next pause, which is that of the closing

    [outcome] = await asyncio.gather(asyncio.create_task(process()), return_exceptions=True)
    assert isinstance(outcome, asyncio.CancelledError) is interrupted
    assert await _recorded(pool, ledger) == [(HERE, 1), (HERE, 1), (HERE, 2)]


class _Failing(PostgresLedger):
    """Takes no record while it `fails`."""

    fails = False

    async def append(self, transaction: Transaction, event: Event) -> int:
        if self.fails:
            raise LedgerUnavailable("Le registre n’accepte pas l’inscription.")
        return await super().append(transaction, event)


STEPS = st.lists(st.sampled_from([*(f"192.0.2.{number}" for number in range(1, 6)), "a minute is over", "a fault"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(STEPS)
async def test_records_and_sums_are_all_refusals(pool: Pool, steps: Sequence[str]) -> None:
    ledger = _Failing()
    refusals = Refusals(pool, ledger, LIMITS)
    async with pool.connection() as connection:
        start = len([record async for record in ledger.records(connection)])
    for step in steps:
        if step == "a fault":
            ledger.fails = not ledger.fails
        elif step != "a minute is over":
            await _refuse(refusals, step)
        else:
            with suppress(LedgerUnavailable):
                await refusals.sum_up()
    ledger.fails = False
    await refusals.sum_up()
    told = Counter[str]()
    for peer, count in await _recorded(pool, ledger, start):
        told[peer] += count
    tried = Counter(step for step in steps if step[0].isdigit())
    assert told.total() == tried.total()
    assert all(told[peer] <= tried[peer] for peer in told if peer != OTHERS)
