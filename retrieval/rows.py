"""PostgreSQL's connections, and its rows by their columns' names in the transaction of an open connection."""

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]

COUNTED = 10_000
"""Rows of a long list are counted, and shown page by page, up to so many; one more says that there are more."""


async def all_rows(connection: Connection, query: LiteralString, values: Any = None) -> list[DictRow]:
    """Every row that the query gives."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(query, values)).fetchall()


async def one_row(connection: Connection, query: LiteralString, values: Any = None) -> DictRow | None:
    """The first row that the query gives, or None."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(query, values)).fetchone()


def ends(rows: int, offset: int, limit: int) -> bool:
    """Whether a page of so many rows from there on is the last one: then it is known how many there are in all."""
    return rows < limit and (rows > 0 or offset == 0)


async def total_of(connection: Connection, count: LiteralString, values: Mapping[str, Any], rows: int) -> int:
    """How many rows a list has, of which a page shows so many: counted by the query only where the page does not tell.

    `values` hold the page's `offset` and `limit`, and `most`, up to which the query counts.
    """
    if ends(rows, values["offset"], values["limit"]):
        return int(values["offset"]) + rows
    counted = await one_row(connection, count, values)
    return counted["count"] if counted else 0


def containing(words: str) -> str:
    """The pattern of `like` for what holds these words, whatever they are made of."""
    plain = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
