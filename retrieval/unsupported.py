"""Collections' rules about sentences of an answer that no passage bears out, in PostgreSQL.

As in the catalogue, each function runs in the transaction of the connection it is given.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from retrieval.errors import CollectionNotFound
from retrieval.rows import Connection, all_rows, one_row

_SELECT: LiteralString = "select unsupported from collection where id = any(%s)"
_PUT: LiteralString = "update collection set unsupported = %s where id = %s returning unsupported"


class Unsupported(StrEnum):
    """What is done with such a sentence; the later one is stricter."""

    MARK = "mark"  # shown, and marked as not verified
    DROP = "drop"  # never shown


_STRICTNESS = tuple(Unsupported)


async def strictest(connection: Connection, collection_ids: Iterable[UUID]) -> Unsupported:
    """The strictest rule of these collections; sentences are marked where there is none."""
    rows = await all_rows(connection, _SELECT, [list(collection_ids)])
    return max((Unsupported(row["unsupported"]) for row in rows), key=_STRICTNESS.index, default=Unsupported.MARK)


async def put(connection: Connection, collection_id: UUID, rule: Unsupported) -> None:
    """Change a collection's rule. Raises `CollectionNotFound`."""
    if await one_row(connection, _PUT, [rule.value, collection_id]) is None:
        raise CollectionNotFound(str(collection_id))
