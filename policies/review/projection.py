"""The tables of the review, made out of the ledger: by what each record is found, and how much was done each day.

Invariants:
1. A record is in them once it was read, and no more once the ledger has told that it was purged.
2. They hold no name: persons and addresses are pseudonyms.
3. They can be dropped and made anew at any time, and are where their keys or the key of pseudonyms have changed.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit.event import Act
from policies.audit.ledger import Transaction
from policies.review import projection_queries as queries
from policies.review.bodies import person_of, read_body
from policies.review.keys import KEYS, keys
from policies.review.pseudonyms import Pseudonyms
from policies.review.rows import value_of

BATCH = 10_000  # records in one transaction
CHUNK = 1_000  # records whose keys are made in one go, beside what the process does else
EVERY_S = 2.0

UNREADABLE = "flag:unreadable"

_log = logging.getLogger(__name__)

# A row of the ledger: index, time, body; and one of `review_record`: index, time, act, person, keys.
_Written = tuple[int, dt.datetime, bytes]
_Row = tuple[int, dt.datetime, str, str, list[str]]


@dataclass(frozen=True, slots=True)
class Projection:
    """Reads the ledger into the tables of the review."""

    pool: AsyncConnectionPool[AsyncConnection[Any]]
    pseudonyms: Pseudonyms

    async def catch_up(self, most: int | None = None) -> int:
        """Read what the ledger has more, at most so many records; gives how many are left to be read.

        Raises `psycopg.Error`.
        """
        while True:
            batch = BATCH if most is None else min(most, BATCH)
            read, left = await self._read(batch)
            most = most if most is None else most - read
            if read < batch or most == 0:
                return left

    async def watch(self, every_s: float = EVERY_S) -> None:
        """Catch up again and again; where the database is away, later."""
        while True:
            try:
                await self.catch_up()
            except (psycopg.Error, OSError) as error:
                _log.warning("The review does not follow the ledger for now (%s).", type(error).__name__)
            await asyncio.sleep(every_s)

    async def count(self, transaction: Transaction) -> int:
        """How many records are in the tables."""
        return int(await value_of(transaction, queries.COUNT))

    async def start_over(self) -> None:
        """Forget everything; the next `catch_up` makes it anew."""
        async with self.pool.connection() as connection:
            await connection.execute(queries.LOCK)
            await connection.execute(queries.START_OVER)

    async def _read(self, batch: int) -> tuple[int, int]:
        """How many records were read, and how many are left."""
        async with self.pool.connection() as connection:
            await connection.execute(queries.LOCK)
            start = await self._start(connection)
            written = await (await connection.execute(queries.UNREAD, [start, batch])).fetchall()
            if written:
                await self._add(connection, written)
                await connection.execute(queries.PUT_DAYS, [start])
                await connection.execute(queries.PUT_USE, [start])
                for first, last in _purged(written):
                    await connection.execute(queries.FORGET, [first, last])
                await connection.execute(queries.SETTLE)
                await connection.execute(queries.PUT_HEAD, {"next": written[-1][0] + 1, "scheme": self._scheme})
            return len(written), int(await value_of(connection, queries.BEHIND))

    async def _start(self, connection: Transaction) -> int:
        row = await (await connection.execute(queries.HEAD)).fetchone()
        if row is None:
            return 0
        start, scheme = row
        if scheme == self._scheme:
            return int(start)
        await connection.execute(queries.START_OVER)
        return 0

    async def _add(self, connection: Transaction, written: Sequence[_Written]) -> None:
        """The keys of some are made while the database takes in those before."""
        chunks = [written[place : place + CHUNK] for place in range(0, len(written), CHUNK)]
        made = asyncio.create_task(asyncio.to_thread(self._rows, chunks[0]))
        async with connection.cursor() as cursor, cursor.copy(queries.COPY) as copy:
            copy.set_types(queries.COLUMNS)
            for following in [*chunks[1:], []]:
                rows, made = await made, asyncio.create_task(asyncio.to_thread(self._rows, following))
                for row in rows:
                    await copy.write_row(row)
        await made

    def _rows(self, written: Sequence[_Written]) -> list[_Row]:
        return [_row(one, self.pseudonyms) for one in written]

    @property
    def _scheme(self) -> str:
        """Changes with what the tables are made by."""
        return f"{KEYS} {self.pseudonyms.of('scheme')}"


def _row(written: _Written, pseudonyms: Pseudonyms) -> _Row:
    index, at, body = written
    read = read_body(body)
    if not read:
        return index, at, "", "", [UNREADABLE]
    return (
        index,
        at,
        _storable(read.get("act")),
        pseudonyms.of(person_of(read)),
        [*map(_storable, keys(read, pseudonyms))],
    )


def _storable(text: object) -> str:
    """PostgreSQL's text cannot hold U+0000, nor halves of characters."""
    return str(text).replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _purged(written: Sequence[_Written]) -> list[tuple[int, int]]:
    """The bounds between which records were purged, as far as these records tell."""
    told = Act.LEDGER_PURGED.encode()
    bodies = (read_body(body) for _, _, body in written if told in body)
    details = [body.get("details") for body in bodies if body.get("act") == Act.LEDGER_PURGED]
    spans = [(one.get("from"), one.get("to")) for one in details if isinstance(one, dict)]
    return [
        (first, last)
        for first, last in spans
        if isinstance(first, int) and isinstance(last, int) and 0 <= first <= last < 2**63
    ]
