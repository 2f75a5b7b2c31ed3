"""Rows of the tables of the review as objects, in the transaction of an open connection."""

from typing import Any, LiteralString, TypeVar

from psycopg.rows import class_row

from policies.audit.ledger import Transaction

Row = TypeVar("Row")


async def rows_of(transaction: Transaction, kind: type[Row], query: LiteralString, values: Any = None) -> list[Row]:
    """Every row that the query gives, its columns the fields of that class."""
    async with transaction.cursor(row_factory=class_row(kind)) as cursor:
        return await (await cursor.execute(query, values)).fetchall()


async def row_of(transaction: Transaction, kind: type[Row], query: LiteralString, values: Any = None) -> Row | None:
    """The first row that the query gives, or None."""
    async with transaction.cursor(row_factory=class_row(kind)) as cursor:
        return await (await cursor.execute(query, values)).fetchone()


async def value_of(transaction: Transaction, query: LiteralString, values: Any = None) -> Any:
    """The first column of the first row that the query gives, or None."""
    row = await (await transaction.execute(query, values)).fetchone()
    return row[0] if row else None
