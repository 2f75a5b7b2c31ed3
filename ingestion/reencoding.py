"""Filling the index of the next embedding model beside the one in use, and letting it take its place.

1. What is found is found in the index in use, until the next one has exactly the points that the catalogue says.
2. The switch is one row in PostgreSQL, written while nobody can change what is to be found.
3. After it, and once every search that had begun is over, the old index is removed.
4. Every step can be done again: a crash leaves one of the two in use, whole, and the work goes on where it was.
5. People's uploads come first, but where the index in use is one that an earlier version of the assistant made: nothing
   is found in it, or written to it, before it is made anew.
"""

from uuid import UUID, uuid4

from psycopg import AsyncConnection, errors

from ingestion import reencoding_queries as queries
from ingestion.comparison import Findings, compare
from ingestion.copying import Copying, Found
from ingestion.queue import Queue
from policies import Act, Event, Ledger, Principal
from retrieval.catalog import Catalog
from retrieval.index import Index
from retrieval.open_spaces import OpenSpaces
from retrieval.rows import Pool, all_rows, one_row
from retrieval.space import VectorSpace
from retrieval.space_table import GRACE_S, SpaceRow, SpaceTable
from retrieval.sparse import SparseEncoder

PAGE = 256  # documents
LEASE_S = 60.0  # after so long without a step another process may go on
START = (UUID(int=0), "")

BROKEN = (
    "Il manque à l’index en service des morceaux de documents ({} en tout)\u202f: "
    "lancez «\u202fassistant doctor --index --repair\u202f», la suite vient d’elle-même."
)


class Reencoding:
    """Any number of processes may do this: one at a time does."""

    def __init__(
        self,
        *,
        pool: Pool,
        catalog: Catalog,
        ledger: Ledger,
        queue: Queue,
        spaces: OpenSpaces,
        principal: Principal,
        grace_s: float = GRACE_S,
        lease_s: float = LEASE_S,
    ) -> None:
        self._pool = pool
        self._catalog = catalog
        self._ledger = ledger
        self._queue = queue
        self._spaces = spaces
        self._principal = principal
        self._grace_s = grace_s
        self._lease_s = lease_s
        self._table = SpaceTable()
        self._sparse = SparseEncoder()
        self._me = uuid4()
        self._after = START
        self._compared: int | None = None  # the space that had the right points, but for what was copied since

    async def prepare(self) -> None:
        """Open the next space, so that no question waits for its model when it is in use, and close those removed."""
        await self._spaces.close_removed()
        async with self._pool.connection() as connection:
            row = await self._table.next(connection)
        if row is not None and row.embedding in self._spaces.models.open:
            await self._spaces.opened(row)

    async def step(self) -> bool:
        """Do a little of what is to be done; False where nothing can be for now.

        Raises whatever keeps it from going on.
        """
        await self._remove_left()
        row = await self._lease()
        if row is None or await self._others_first():
            return False
        new = await self._spaces.opened(row)
        if page := await self._page(row):
            return await self._copy(row, new, page)
        if await self._clear(row, new.index):
            return True
        if self._after != START:
            self._after = START  # for what was changed meanwhile
            return True
        return await self._complete(row, new.index)

    async def note(self, problem: str) -> None:
        """Say what keeps it from going on, or that nothing does."""
        async with self._pool.connection() as connection:
            await self._table.note(connection, problem)

    async def release(self) -> None:
        """Let another process go on at once."""
        async with self._pool.connection() as connection:
            await self._table.release(connection, self._me)

    async def _remove_left(self) -> None:
        async with self._pool.connection() as connection:
            left = await self._table.left(connection, self._grace_s)
        for row in left:
            await self._spaces.remove(row)
            async with self._pool.connection() as connection:
                await self._table.forget(connection, row.id)

    async def _page(self, row: SpaceRow) -> list[Found]:
        """The next documents that the index has not as they are."""
        place = {"space": row.id, "after_collection": self._after[0], "after": self._after[1], "limit": PAGE}
        async with self._pool.connection() as connection:
            return [Found.of_row(one) for one in await all_rows(connection, queries.TO_COPY, place)]

    async def _copy(self, row: SpaceRow, new: VectorSpace, page: list[Found]) -> bool:
        old = await self._spaces.in_use()
        if not await Copying(self._pool, row.id, old.index, new, self._sparse, self._may_go_on).copy(page):
            return False
        self._after = (page[-1].collection_id, page[-1].id)
        if row.problem:
            await self.note("")
        return True

    async def _clear(self, row: SpaceRow, index: Index) -> bool:
        """Take what is not to be found any more out of the index."""
        async with self._pool.connection() as connection:
            gone = await all_rows(connection, queries.GONE, {"space": row.id, "limit": PAGE})
            if not gone:
                return False
            places = [[one["collection_id"] for one in gone], [one["id"] for one in gone]]
            await connection.execute(queries.LOCK, places)
            # Meanwhile some may have come back.
            gone = await all_rows(connection, queries.GONE, {"space": row.id, "limit": PAGE})
            for one in gone:
                await index.delete(one["collection_id"], one["id"])
                await connection.execute(queries.FORGET, [row.id, one["collection_id"], one["id"]])
            await index.settle()
        return True

    async def _complete(self, row: SpaceRow, index: Index) -> bool:
        """See that everything is there, and switch; what is not there is copied again."""
        async with self._pool.connection() as connection:
            count = await one_row(connection, queries.COUNT, {"space": row.id})
        assert count is not None  # noqa: S101 - it counts
        await self.note(BROKEN.format(count["broken"]) if count["broken"] else "")
        if count["broken"]:
            return False
        if self._compared != row.id:
            await self._repair(row, await compare(self._pool, index))
            self._compared = row.id
            return True
        return await self._switch(row, index)

    async def _repair(self, row: SpaceRow, found: Findings) -> None:
        """Have copied again, or removed, what the index has otherwise than the catalogue says."""
        places = [*found.incomplete, *(place for place, _ in found.outdated), *found.orphaned]
        columns = {
            "space": row.id,
            "collections": [collection_id for collection_id, _ in places],
            "ids": [document_id for _, document_id in places],
            "seen": [""] * len(places),
            "points": [0] * len(places),
            "whole": [True] * len(places),
        }
        async with self._pool.connection() as connection:
            await connection.execute(queries.COPIED, columns)

    async def _switch(self, row: SpaceRow, index: Index) -> bool:
        try:
            async with self._pool.connection() as connection:
                await connection.execute(queries.LOCK_ALL)
                if not await self._is_ready(connection, row, index):
                    return False
                left = await self._table.switch(connection, row.id)
                if left is None:  # somebody has given it up
                    return False
                details = {"embedding": row.embedding, "instead_of": left.embedding}
                await self._ledger.append(connection, Event(Act.EMBEDDING_SWITCHED, self._principal, details))
        except errors.LockNotAvailable:
            return False  # somebody is writing, for long
        return True

    async def _is_ready(self, connection: AsyncConnection, row: SpaceRow, index: Index) -> bool:
        count = await one_row(connection, queries.COUNT, {"space": row.id})
        gone = await all_rows(connection, queries.GONE, {"space": row.id, "limit": 1})
        points = await one_row(connection, queries.POINTS, [row.id])
        collections = await self._catalog.all_collection_ids(connection)
        assert count is not None and points is not None  # noqa: S101, PT018 - they count
        if gone or count["copied"] != count["documents"] or count["broken"]:
            return False  # something was changed meanwhile
        if points["points"] != await index.count(collections):
            self._compared = None
            return False
        return True

    async def _lease(self) -> SpaceRow | None:
        async with self._pool.connection() as connection:
            return await self._table.lease(connection, self._me, self._spaces.models.open, self._lease_s)

    async def _may_go_on(self) -> bool:
        return await self._lease() is not None and not await self._others_first()

    async def _others_first(self) -> bool:
        return not (await self._spaces.in_use()).index.outdated and await self._queue.has_uploads()
