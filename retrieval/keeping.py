"""For how many months conversations that stand on a collection are kept; without a number, as long as others.

As in the catalogue, each function runs in the transaction of the connection it is given.
"""

from typing import LiteralString
from uuid import UUID

from retrieval.errors import CollectionNotFound
from retrieval.rows import Connection, one_row

_SELECT: LiteralString = "select conversation_months from collection where id = %s"
_PUT: LiteralString = "update collection set conversation_months = %s where id = %s returning id"


async def months(connection: Connection, collection_id: UUID) -> int | None:
    """The collection's own time. Raises `CollectionNotFound`."""
    row = await one_row(connection, _SELECT, [collection_id])
    if row is None:
        raise CollectionNotFound(str(collection_id))
    kept: int | None = row["conversation_months"]
    return kept


async def put(connection: Connection, collection_id: UUID, chosen: int | None) -> None:
    """Change it. Raises `CollectionNotFound`."""
    if await one_row(connection, _PUT, [chosen, collection_id]) is None:
        raise CollectionNotFound(str(collection_id))
