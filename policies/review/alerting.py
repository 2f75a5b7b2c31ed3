"""Looks at what is new in the register by the rules of alerts, and raises what they find."""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger, Transaction
from policies.errors import PolicyError
from policies.principal import Principal
from policies.review import alert_queries as queries
from policies.review.alarms import PARIS, REFUSED_SIGN_INS, Alarm, Seen, alarms, new_places
from policies.review.alert_rules import LONGEST_WINDOW, AlertRules, Rule
from policies.review.projection import Projection
from policies.review.rows import rows_of, value_of

BATCH = 5_000  # records in one transaction
EVERY_S = 30.0
NAMED = 50  # records that an alert's own record names

_log = logging.getLogger(__name__)

# What is wrong with the ledger's checkpoints, as a French sentence; empty where nothing is.
Trouble = Callable[[], Awaitable[str]]


async def _no_trouble() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Alerting:
    """Raises alerts in the name of the product (`principal`)."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    ledger: Ledger
    projection: Projection
    rules: AlertRules
    principal: Principal
    trouble: Trouble = _no_trouble
    now: Callable[[], dt.datetime] = field(default=partial(dt.datetime.now, dt.UTC))

    async def watch(self, every_s: float = EVERY_S) -> None:
        """Look again and again, for ever; what fails is logged, and tried again."""
        while True:
            await asyncio.sleep(every_s)  # first: a command that is over in a moment looks at nothing
            try:
                await self.look()
            except (PolicyError, psycopg.Error, OSError) as error:
                _log.warning("The rules of alerts could not be applied (%s): %s", type(error).__name__, error)

    async def look(self) -> None:
        """Apply the rules to everything that is new. Raises `LedgerUnavailable`, `psycopg.Error`."""
        await self.projection.catch_up()
        while await self._batch():
            pass
        if self.rules.checkpoints and (reason := await self.trouble()):
            async with self.pool.connection() as connection:
                today = Alarm(Rule.CHECKPOINTS, "", self.now().astimezone(PARIS).date(), ())
                await self._raise(connection, [today], reason)

    async def _batch(self) -> bool:
        """Whether there may be more."""
        async with self.pool.connection() as connection:
            if not await value_of(connection, queries.TRY_LOCK):
                return False
            start = await self._start(connection)
            fresh = await rows_of(connection, Seen, queries.FRESH, {"start": start, "limit": BATCH})
            if fresh:
                found = await self._found(connection, fresh)
                await connection.execute(queries.PUT_HEAD, [fresh[-1].index + 1])
                await self._raise(connection, found)
        return len(fresh) == BATCH

    async def _start(self, connection: Transaction) -> int:
        """The first record that was not looked at: in a register that was there before, of yesterday."""
        if (start := await value_of(connection, queries.HEAD)) is not None:
            return int(start)
        yesterday = self.now().astimezone(PARIS).date() - dt.timedelta(days=1)
        first = await value_of(connection, queries.FIRST_OF_DAY, [yesterday])
        return int(first if first is not None else await value_of(connection, queries.END))

    async def _found(self, connection: Transaction, fresh: Sequence[Seen]) -> list[Alarm]:
        first_at = min(one.at for one in fresh)
        values: dict[str, Any] = {
            "since": first_at - LONGEST_WINDOW,
            "last": fresh[-1].index,
            "people": sorted({one.who for one in fresh if one.who}),
            "acts": [act.value for act in REFUSED_SIGN_INS],
        }
        around = await rows_of(connection, Seen, queries.AROUND, values)
        new = {one.index for one in fresh}
        found = [alarm for alarm in alarms(self.rules, around) if not new.isdisjoint(alarm.records)]
        if rule := self.rules.new_place:
            people = sorted({one.who for one in fresh if one.act == Act.SIGNED_IN})
            since = first_at - dt.timedelta(days=rule.known_days)
            values |= {"people": people, "act": Act.SIGNED_IN.value, "since": since}
            found += new_places(rule, await rows_of(connection, Seen, queries.SIGNED_IN, values), fresh[0].index)
        return found

    async def _raise(self, connection: Transaction, found: Sequence[Alarm], reason: str = "") -> None:
        events = []
        for alarm in found:
            values = {
                "rule": alarm.rule.value,
                "who": alarm.who,
                "day": alarm.day,
                "records": list(alarm.records),
                "reason": reason,
                "at": self.now(),
            }
            row = await (await connection.execute(queries.RAISE, values)).fetchone()
            assert row is not None  # noqa: S101 - `returning` gives the row
            alert_id, is_new, count = row
            if is_new:
                details: dict[str, Json] = {"alert": alert_id, "rule": alarm.rule.value, "who": alarm.who}
                details |= {"count": count, "records": list(alarm.records[:NAMED])}
                events.append(Event(Act.ALERT_RAISED, self.principal, details))
        for event in events:
            await self.ledger.append(connection, event)
