"""What a SIEM receives: every record at least once and in order, whatever falls silent or is killed."""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from policies import Act, DestinationUnavailable, Event, PostgresLedger, Principal
from policies.audit.formats import Format
from policies.audit.forwarding import BATCH, LONGEST_PAUSE_S, Forwarding, Position, again, standings
from ui.database import Pool

PLACE = "relp+tls://siem.exemple.fr:2514"


class Enough(Exception):
    """The test has seen what it wanted to."""


@dataclass
class Siem:
    """A `Transport` and its `Connection` to a list; each of its first steps may fail, or never end."""

    unconfirmed: int = 0
    syslog: bool = False
    received: list[int] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    away: bool = False
    silent_after: int = -1
    silent: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Siem"]:
        if self.away:
            raise DestinationUnavailable("le collecteur ne répond pas")
        yield self

    async def send(self, lines: Sequence[str]) -> None:
        if self.away:
            raise DestinationUnavailable("le collecteur ne répond pas")
        for line in lines:
            event = json.loads(line)["event"]
            self.acts.append(event["action"])
            if event["action"] != "audit.checkpoint":
                self.received.append(event["sequence"])
            if len(self.received) == self.silent_after:
                self.silent.set()
                await asyncio.Event().wait()  # it took the record, and the process dies before that is noted


@dataclass
class Clock:
    """Time that passes in pauses alone."""

    at: float = 0.0
    pauses: list[float] = field(default_factory=list)
    then: Callable[[], None] = lambda: None
    until: Callable[[], bool] = lambda: False

    async def __call__(self, seconds: float) -> None:
        self.at += seconds
        self.pauses.append(seconds)
        self.then()
        if self.until():
            raise Enough


def forwarding(pool: Pool, siem: Siem, pause: Callable[[float], Awaitable[None]], lease_s: float = 60) -> Forwarding:
    return Forwarding(pool, PLACE, siem, Format.ECS, "serveur", None, pause=pause, lease_s=lease_s)


async def once(pool: Pool, siem: Siem) -> None:
    """Send what there is."""
    with suppress(Enough):
        await forwarding(pool, siem, Clock(until=lambda: True)).run()


@pytest.fixture
async def append(pool: Pool, agent: Principal) -> Callable[[int], Awaitable[None]]:
    async def some(records: int) -> None:
        async with pool.connection() as connection:
            for _ in range(records):
                await PostgresLedger().append(connection, Event(Act.SESSIONS_LISTED, agent, {"sessions": 1}))

    return some


Append = Callable[[int], Awaitable[None]]


async def test_every_record_is_sent_once_and_in_order(pool: Pool, append: Append) -> None:
    siem = Siem()
    await append(2 * BATCH + 7)
    await once(pool, siem)
    await append(3)
    await once(pool, siem)
    assert siem.received == list(range(2 * BATCH + 10))
    (standing,) = await standings(pool)
    assert (standing.behind, standing.failing_since) == (0, None)


async def test_an_hour_without_the_siem_loses_nothing(pool: Pool, append: Append) -> None:
    siem = Siem(away=True)
    await append(5)
    clock = Clock(until=lambda: siem.received != [])

    def back_after_an_hour() -> None:
        siem.away = clock.at < 3600

    clock.then = back_after_an_hour
    with suppress(Enough):
        await forwarding(pool, siem, clock).run()
    assert siem.received == list(range(5))
    assert max(clock.pauses) == LONGEST_PAUSE_S
    assert len(clock.pauses) < 80  # it is not asked all the time, nor too rarely
    assert clock.at < 3600 + 2 * LONGEST_PAUSE_S


async def test_while_the_siem_is_away_the_delay_and_the_reason_are_known(pool: Pool, append: Append) -> None:
    await append(4)
    await once(pool, Siem(away=True))
    (standing,) = await standings(pool)
    assert standing.behind == 4
    assert standing.failing_since is not None
    assert standing.failure == "le collecteur ne répond pas"


@pytest.mark.parametrize("killed_after", [1, 4, 6])
async def test_what_was_sent_but_not_noted_is_sent_again(pool: Pool, append: Append, killed_after: int) -> None:
    siem = Siem(silent_after=killed_after)
    await append(6)
    dying = asyncio.create_task(forwarding(pool, siem, asyncio.sleep).run())
    await siem.silent.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    siem.silent_after = -1
    await once(pool, siem)
    assert siem.received == [*range(killed_after), *range(6)]


async def test_a_siem_that_acknowledges_nothing_gets_the_last_again_over_each_connection(
    pool: Pool, append: Append
) -> None:
    siem = Siem(unconfirmed=3)
    await append(5)
    await once(pool, siem)
    await append(1)
    await once(pool, siem)
    assert siem.received == [0, 1, 2, 3, 4, 2, 3, 4, 5]
    (standing,) = await standings(pool)
    assert standing.behind == 0


def test_where_all_is_acknowledged_nothing_is_sent_again() -> None:
    assert again(Position(1000, 900), 0) == Position(1000, 900)
    assert again(Position(1000, 900), 300) == Position(700, 700)
    assert again(Position(10, 0), 300) == Position(0, 0)


async def test_one_process_sends_at_a_time_and_another_takes_over(pool: Pool, append: Append) -> None:
    first, second = Siem(silent_after=1), Siem()
    await append(3)
    working = asyncio.create_task(forwarding(pool, first, asyncio.sleep).run())
    await first.silent.wait()
    await once(pool, second)
    assert second.received == []
    async with pool.connection() as connection:  # it has been silent for too long
        await connection.execute("update audit_forwarding set held_until = now() - interval '1 second'")
    await once(pool, second)
    assert second.received == [0, 1, 2]
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_checkpoints_come_after_the_records_that_they_cover(pool: Pool, append: Append) -> None:
    siem = Siem()
    await append(3)
    async with pool.connection() as connection:
        await connection.cursor().executemany(
            "insert into ledger_checkpoint (size, at, note) values (%s, %s, %s)",
            [(size, dt.datetime.now(dt.UTC), f"note {size}") for size in (1, 3)],
        )
    await once(pool, siem)
    listed, signed = Act.SESSIONS_LISTED.value, "audit.checkpoint"
    assert siem.acts == [listed, signed, listed, listed, signed]
    await once(pool, siem)
    assert len(siem.acts) == 5


async def test_records_that_were_purged_leave_no_one_waiting(pool: Pool, append: Append) -> None:
    siem = Siem()
    await append(4)
    async with pool.connection() as connection:
        await connection.execute("reset role")
        await connection.execute("set local session_replication_role = replica")
        await connection.execute("delete from ledger_record where index in (0, 2)")
    await once(pool, siem)
    assert siem.received == [1, 3]
