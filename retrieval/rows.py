"""PostgreSQL's connections, and its rows by their columns' names in the transaction of an open connection."""

from typing import Any, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool

Connection = AsyncConnection[Any]
Pool = AsyncConnectionPool[Connection]


async def all_rows(connection: Connection, query: LiteralString, values: Any = None) -> list[DictRow]:
    """Every row that the query gives."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(query, values)).fetchall()


async def one_row(connection: Connection, query: LiteralString, values: Any = None) -> DictRow | None:
    """The first row that the query gives, or None."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute(query, values)).fetchone()
