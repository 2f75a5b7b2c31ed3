"""Purging the ledger by the times of retention: texts first, then whole records, of which the hashes stay.

Invariants:
1. What goes is told by a record that commits in the same transaction; a deletion that no such record tells of is found
   by the verification.
2. Nothing that a legal hold keeps goes, and nothing that no checkpoint covers.
3. No record younger than six months goes, whatever the file says: the database refuses it
   (`deploy/migrations/0027_retention.sql`).
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit.clock import Clock, system_clock
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger, Transaction
from policies.errors import LedgerUnavailable
from policies.principal import Principal
from policies.retention import Retention, months_before

BATCH = 10_000  # records, or texts, in one transaction

# Whoever deletes texts takes it first: a hold that is being placed meanwhile waits, or is seen.
HOLDS_STAND: LiteralString = "lock table review_hold in share mode"

PURGE_RECORDS: LiteralString = "select ledger_purge(%s, %s)"

# Of the next old records from an index on: how far they go, and of each text that went, its record.
PURGE_TEXTS: LiteralString = """
with due as materialized (
    select index from ledger_record
    where index >= %(start)s and at < %(before)s and index < coalesce((select max(size) from ledger_checkpoint), 0)
    order by index limit %(batch)s
), gone as (
    delete from ledger_content using due where record = due.index and not ledger_held(record) returning record
)
select (select max(index) + 1 from due), array(select record from gone order by record)
"""

FIRST_TEXT: LiteralString = "select coalesce(min(record), 0) from ledger_content"

# What is older than that moment, and how much of it is kept by a hold.
DUE: LiteralString = """
select count(*), count(*) filter (where ledger_held(index)), min(at) from ledger_record
where at < %s and position('"act":"ledger.purged"'::bytea in body) = 0
    and position('"act":"audit.key_rotated"'::bytea in body) = 0
    and position('"act":"backup.restored"'::bytea in body) = 0
"""
DUE_TEXTS: LiteralString = """
select count(*), count(*) filter (where ledger_held(index)), min(at)
from ledger_content join ledger_record on index = record where at < %s
"""

Owner = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]


@dataclass(frozen=True, slots=True)
class Due:
    """How much is past its time, what of it is held, and how old the oldest is."""

    before: dt.datetime
    count: int
    held: int
    oldest: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Purging:
    """Purges for `principal`. `owner` opens a connection with the rights of the ledger's owner.

    All methods raise `LedgerUnavailable`.
    """

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    owner: Owner
    ledger: Ledger
    retention: Retention
    principal: Principal
    clock: Clock = system_clock
    batch: int = BATCH

    async def texts(self) -> int:
        """Delete the texts that are past their time; gives how many."""
        before, total = months_before(self.clock(), self.retention.content), 0
        rule = f"content.months={self.retention.content}"
        start: int | None = 0
        while start is not None:
            with _told():
                async with self.pool.connection() as connection:
                    start, gone = await self._texts_in(connection, start, before, rule)
            total += gone
        return total

    async def records(self) -> int:
        """Delete the records that are past their time; gives how many."""
        before, total = months_before(self.clock(), self.retention.records), 0
        rule = f"records.months={self.retention.records}"
        while True:
            with _told():
                async with self.owner() as connection:
                    gone = await self._records_in(connection, before, rule)
            total += gone
            if gone < self.batch:
                return total

    async def due(self) -> tuple[Due, Due]:
        """Which texts, and which records, are past their time now."""
        now = self.clock()
        texts, records = months_before(now, self.retention.content), months_before(now, self.retention.records)
        with _told():
            async with self.pool.connection() as connection:
                return await _due(connection, DUE_TEXTS, texts), await _due(connection, DUE, records)

    async def _texts_in(
        self, connection: Transaction, start: int, before: dt.datetime, rule: str
    ) -> tuple[int | None, int]:
        """Where to go on, None at the end, and how many texts went."""
        await connection.execute(HOLDS_STAND)
        first = await (await connection.execute(FIRST_TEXT)).fetchone()
        values = {"start": max(start, first[0] if first else 0), "before": before, "batch": self.batch}
        row = await (await connection.execute(PURGE_TEXTS, values)).fetchone()
        following, gone = row if row else (None, [])
        if gone:
            counted: dict[str, Json] = {"records": len({*gone}), "texts": len(gone)}
            await self.ledger.append(connection, self._event(Act.CONTENT_PURGED, gone, before, rule, counted))
        return following, len(gone)

    async def _records_in(self, connection: Transaction, before: dt.datetime, rule: str) -> int:
        row = await (await connection.execute(PURGE_RECORDS, [before, self.batch])).fetchone()
        gone: Sequence[int] = row[0] if row else []
        if gone:
            counted: dict[str, Json] = {"records": len(gone), "kept": [[*span] for span in between(gone)]}
            await self.ledger.append(connection, self._event(Act.LEDGER_PURGED, gone, before, rule, counted))
        return len(gone)

    def _event(
        self, act: Act, indexes: Sequence[int], before: dt.datetime, rule: str, counted: dict[str, Json]
    ) -> Event:
        bounds: dict[str, Json] = {"from": indexes[0], "to": indexes[-1] + 1}
        return Event(act, self.principal, bounds | {"before": before.isoformat(), "rule": rule} | counted)


async def _due(connection: Transaction, query: LiteralString, before: dt.datetime) -> Due:
    row = await (await connection.execute(query, [before])).fetchone()
    assert row is not None  # noqa: S101 - an aggregate gives one row
    return Due(before, *row)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise LedgerUnavailable(f"Le registre ne peut pas être purgé : {error}") from error


def between(indexes: Sequence[int]) -> list[tuple[int, int]]:
    """The half-open spans that lie between numbers in rising order."""
    return [(one + 1, following) for one, following in pairwise(indexes) if following > one + 1]
