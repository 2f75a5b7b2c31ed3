"""The ledger in PostgreSQL (tables in `deploy/migrations/0001_ledger.sql`, function in `0024_ledger_tree.sql`).

`ledger_append` takes the next index from the one row of `ledger_head` and holds that row until the caller's
transaction ends. So indexes follow the order of commits and a rollback gives its index back, all in one
statement and one round trip; a sequence would leave gaps, and under an advisory lock the statement would
still read the last index from a snapshot that is older than the lock. Appending is the last thing that a
transaction does, because every other writer waits for it to end.
"""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import LiteralString

import psycopg

from policies.audit.body import Content, body, salted
from policies.audit.clock import Clock, system_clock
from policies.audit.event import Event, Record
from policies.audit.ledger import Transaction
from policies.errors import LedgerUnavailable

PAGE = 500

# Records that one statement adds: an array holds a gigabyte at most.
AT_ONCE = 500

# Arrays in binary, which are made five times as fast as one parameter a value; and as the statement is the same for
# every number of records, it is prepared once.
APPEND: LiteralString = (
    "select ledger_append(%b::timestamptz[], %b::bytea[], %b::int[], %b::text[], %b::bytea[], %b::bytea[])"
)

# One page of records, in order.
RECORDS: LiteralString = "select index, at, body from ledger_record where index >= %s order by index limit %s"


# The time, the body and the texts of a record that has no index yet.
_Written = tuple[dt.datetime, bytes, list[Content]]


class PostgresLedger:
    """A `Ledger` in the database of the acts themselves."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock

    async def append(self, transaction: Transaction, event: Event) -> int:
        """Add the event as the last record and return its index.

        The record's time is this process's clock. Raises `LedgerUnavailable`, `EventInvalid`.
        """
        (index,) = await self.append_all(transaction, [event])
        return index

    async def append_all(self, transaction: Transaction, events: Sequence[Event]) -> list[int]:
        """Add the events as the last records, in their order, and return their indexes.

        Raises `LedgerUnavailable`, `EventInvalid`; then none of them is there.
        """
        written = [self._written(event) for event in events]
        indexes: list[int] = []
        for start in range(0, len(written), AT_ONCE):
            indexes += await _appended(transaction, written[start : start + AT_ONCE])
        return indexes

    def _written(self, event: Event) -> _Written:
        at, contents = self._clock(), salted(event)
        return at, body(event, at, contents), contents

    async def records(self, transaction: Transaction, start: int = 0) -> AsyncIterator[Record]:
        """All records from that index on, in order. Raises `LedgerUnavailable`."""
        while page := await self._page(transaction, start):
            for record in page:
                yield record
            start = page[-1].index + 1

    async def _page(self, transaction: Transaction, start: int) -> list[Record]:
        try:
            rows = await (await transaction.execute(RECORDS, [start, PAGE])).fetchall()
        except psycopg.Error as error:
            raise LedgerUnavailable(f"Le registre est illisible : {error}") from error
        return [Record(index, at, bytes(written)) for index, at, written in rows]


async def _appended(transaction: Transaction, written: Sequence[_Written]) -> range:
    """The indexes of the records, once they are added in one round trip."""
    texts = [(place, content) for place, (_, _, contents) in enumerate(written) for content in contents]
    values = [
        [at for at, _, _ in written],
        [body for _, body, _ in written],
        [place for place, _ in texts],
        [content.name for _, content in texts],
        [content.salt for _, content in texts],
        [content.text for _, content in texts],
    ]
    try:
        row = await (await transaction.execute(APPEND, values)).fetchone()
    except psycopg.Error as error:
        raise LedgerUnavailable(f"Le registre n’accepte pas l’inscription : {error}") from error
    assert row is not None  # noqa: S101 - a function's call gives one row
    return range(row[0], row[0] + len(written))
