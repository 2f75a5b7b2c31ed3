"""The ledger in PostgreSQL (tables in `deploy/migrations/0001_ledger.sql`, function in `0024_ledger_tree.sql`).

`ledger_append` takes the next index from the one row of `ledger_head` and holds that row until the caller's
transaction ends. So indexes follow the order of commits and a rollback gives its index back, all in one
statement and one round trip; a sequence would leave gaps, and under an advisory lock the statement would
still read the last index from a snapshot that is older than the lock. Appending is the last thing that a
transaction does, because every other writer waits for it to end.
"""

from collections.abc import AsyncIterator
from typing import LiteralString

import psycopg

from policies.audit.body import body, salted
from policies.audit.clock import Clock, system_clock
from policies.audit.event import Event, Record
from policies.audit.ledger import Transaction
from policies.errors import LedgerUnavailable

PAGE = 500

APPEND: LiteralString = """
select ledger_append(%(at)s, %(body)s, %(names)s::text[], %(salts)s::bytea[], %(texts)s::bytea[])
"""

# One page of records, in order.
RECORDS: LiteralString = "select index, at, body from ledger_record where index >= %s order by index limit %s"


class PostgresLedger:
    """A `Ledger` in the database of the acts themselves."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock

    async def append(self, transaction: Transaction, event: Event) -> int:
        """Add the event as the last record and return its index.

        The record's time is this process's clock. Raises `LedgerUnavailable`, `EventInvalid`.
        """
        at = self._clock()
        contents = salted(event)
        values = {
            "at": at,
            "body": body(event, at, contents),
            "names": [content.name for content in contents],
            "salts": [content.salt for content in contents],
            "texts": [content.text for content in contents],
        }
        try:
            row = await (await transaction.execute(APPEND, values)).fetchone()
        except psycopg.Error as error:
            raise LedgerUnavailable(f"Le registre n’accepte pas l’inscription : {error}") from error
        assert row is not None  # noqa: S101 - a function's call gives one row
        return int(row[0])

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
