"""An index that several processes can share where there is no Qdrant server: a table. It finds nothing by meaning."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, LiteralString
from uuid import UUID

from retrieval import Point, Stored
from retrieval.rows import Connection, Pool
from ui.database_roles import as_owner

CREATE: LiteralString = """
create table if not exists test_point (
    id uuid primary key, collection_id uuid, document_id text, version integer, ordinal integer
);
grant all on test_point to public
"""

UPSERT: LiteralString = """
insert into test_point values (%s, %s, %s, %s, %s)
on conflict (id) do update set version = excluded.version, ordinal = excluded.ordinal
"""

DELETE: LiteralString = """
delete from test_point where collection_id = %s and (%s::text is null or document_id = %s)
and (%s::int is null or version < %s)
"""


class TableIndex:
    """What a worker needs of an `Index`; each write is durable by itself, whatever becomes of the worker's own."""

    created = False
    outdated = False

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def prepare(self) -> None:
        async with as_owner(self._pool) as owner:
            await owner.execute(CREATE)

    async def upsert(self, points: Sequence[Point]) -> None:
        await self._do(UPSERT, [[p.id, p.collection_id, p.document_id, p.version, p.chunk.ordinal] for p in points])

    async def delete(self, collection_id: UUID, document_id: str | None = None, *, before: int | None = None) -> None:
        await self._do(DELETE, [[collection_id, document_id, document_id, before, before]])

    async def settle(self) -> None:
        """Nothing to do."""

    async def stored(self) -> AsyncIterator[Stored]:
        query = "select collection_id, document_id, version, ordinal from test_point"
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(query)).fetchall()
        for row in rows:
            yield Stored(*row)

    async def _do(self, query: LiteralString, values: list[list[Any]]) -> None:
        connection: Connection
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            await cursor.executemany(query, values)
