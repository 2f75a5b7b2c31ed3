"""Records and checkpoints to a SIEM: at least once, and in the order of the ledger.

Invariants:
1. What a place has acknowledged is noted after it has, so that whatever is killed in between, a record is sent twice
   rather than never.
2. A record is never sent for the first time before the one that precedes it.
3. One process sends to a place at a time; another takes over when it falls silent.

No connection to the database is held while a place is waited for.
"""

import asyncio
import datetime as dt
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit import forwarding_queries as queries
from policies.audit.event import Record
from policies.audit.formats import Format, line_of, syslog_line_of
from policies.audit.formats.message import Message, Veil, message_of, message_of_checkpoint
from policies.audit.transports.transport import Connection, Transport
from policies.errors import DestinationUnavailable

BATCH = 200  # records
LOOK_S = 2.0  # between two looks at what is new
LEASE_S = 90.0  # more than a batch may take
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Position:
    """The index of the next record, and the size of the last checkpoint."""

    next: int
    checkpoint: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a place keeps up: how many records it lacks, since when it takes none and why (in French)."""

    destination: str
    behind: int
    failing_since: dt.datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class Forwarding:
    """What brings one place up to date. `destination` is its address, without a secret; `pause` waits some seconds."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    destination: str
    transport: Transport
    format: Format
    host: str
    veil: Veil | None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    lease_s: float = LEASE_S
    _holder: uuid.UUID = field(default_factory=uuid.uuid4)

    async def run(self) -> None:
        """Send what is there and what comes, for ever; where a place is away, try again after ever longer pauses."""
        failures = 0
        try:
            while True:
                try:
                    if (position := await self._claimed()) is not None:
                        async with self.transport.open() as connection:
                            position = again(position, self.transport.unconfirmed)
                            while (after := await self._forwarded(connection, position)) is not None:
                                failures = 0
                                if after == position:
                                    await self.pause(LOOK_S)
                                position = after
                    await self.pause(LOOK_S)
                except (DestinationUnavailable, psycopg.Error) as error:
                    await self._failed(error)
                    await self.pause(min(FIRST_PAUSE_S * 2**failures, LONGEST_PAUSE_S))
                    failures += 1
        finally:
            await self._noted(queries.RELEASE)

    async def _claimed(self) -> Position | None:
        """How far the place is, if this process is to send to it."""
        async with self.pool.connection() as connection:
            row = await (await connection.execute(queries.CLAIM, self._values())).fetchone()
        return Position(*row) if row else None

    async def _forwarded(self, connection: Connection, position: Position) -> Position | None:
        """Send a batch and note it; the position after it, or None where another process sends now."""
        messages, after = await self._batch(position)
        if messages:
            write = syslog_line_of if self.transport.syslog else line_of
            await connection.send([write(message, self.format) for message in messages])
        values = self._values() | {"next": after.next, "checkpoint": after.checkpoint}
        async with self.pool.connection() as database:
            row = await (await database.execute(queries.ADVANCE, values)).fetchone()
        return after if row else None

    async def _batch(self, position: Position) -> tuple[list[Message], Position]:
        async with self.pool.connection() as connection:
            rows = await (await connection.execute(queries.RECORDS, [position.next, BATCH])).fetchall()
            records = [Record(index, at, bytes(body)) for index, at, body in rows]
            upto = records[-1].index + 1 if records else position.next
            signed = await connection.execute(queries.CHECKPOINTS, [position.checkpoint, upto])
            checkpoints = await signed.fetchall()
        placed = [(record.index + 1, 0, message_of(record, self.host, self.veil)) for record in records]
        placed += [(size, 1, message_of_checkpoint(size, at, note, self.host)) for size, at, note in checkpoints]
        last = checkpoints[-1][0] if checkpoints else position.checkpoint
        return [message for *_, message in sorted(placed, key=lambda one: one[:2])], Position(upto, last)

    async def _failed(self, error: Exception) -> None:
        _log.warning("The ledger could not be sent to %s: %s", self.destination, error)
        if isinstance(error, DestinationUnavailable):
            await self._noted(queries.FAILED, failure=str(error))

    async def _noted(self, query: str, **values: str) -> None:
        """Note it where the database lets us; what is not noted is sent again or told later."""
        try:
            async with self.pool.connection() as connection:
                await connection.execute(query, self._values() | values)
        except psycopg.Error as error:
            _log.warning("The state of %s could not be noted (%s).", self.destination, type(error).__name__)

    def _values(self) -> dict[str, Any]:
        lease = dt.timedelta(seconds=self.lease_s)
        return {"destination": self.destination, "holder": self._holder, "lease": lease}


def again(position: Position, unconfirmed: int) -> Position:
    """Where to begin over a new connection, so that what the last one may have lost is sent again."""
    first = max(0, position.next - unconfirmed)
    return replace(position, next=first, checkpoint=min(position.checkpoint, first)) if unconfirmed else position


async def standings(pool: AsyncConnectionPool[AsyncConnection[Any]]) -> list[Standing]:
    """How every place keeps up to which something was ever sent."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(queries.STANDING)).fetchall()
    return [Standing(*row) for row in rows]
