"""The vector spaces of a process: PostgreSQL says which is in use, each is opened when it is first wanted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from retrieval.embedding import Embedder
from retrieval.encoding import Encoding
from retrieval.errors import ModelUnknown
from retrieval.index import Index
from retrieval.rows import Pool
from retrieval.space import VectorSpace
from retrieval.space_table import SpaceRow, SpaceTable


@dataclass(frozen=True, slots=True)
class Indexes:
    """Where indexes are, told apart by their places.

    Raises `IndexUnavailable`, and `open` also `IndexMismatch`; removing what is not there changes nothing. `points`
    counts them without the model, and makes nothing: None where there is no index.
    """

    open: Callable[[str, Encoding], AbstractAsyncContextManager[Index]]
    remove: Callable[[str], Awaitable[None]]
    points: Callable[[str], Awaitable[int | None]]


@dataclass(frozen=True, slots=True)
class Models:
    """How to open the embedding models that the settings name, by model's name; `current` before the next one."""

    current: str
    next: str | None
    open: Mapping[str, Callable[[], AbstractAsyncContextManager[Embedder]]]

    def opened(self, name: str) -> AbstractAsyncContextManager[Embedder]:
        """That model. Raises `ModelUnknown`; entering it raises `EmbeddingModelMissing`."""
        if name not in self.open:
            raise ModelUnknown(name, " et ".join(self.open))
        return self.open[name]()


class OpenSpaces:
    """`Spaces` of which one takes the place of another.

    `pool` is for asking alone: a writer asks while it has a connection of another pool.
    """

    def __init__(self, pool: Pool, models: Models, indexes: Indexes) -> None:
        self._pool = pool
        self.models = models
        self._indexes = indexes
        self._table = SpaceTable()
        self._opened: dict[int, tuple[VectorSpace, AsyncExitStack]] = {}
        self._opening = asyncio.Lock()

    async def start(self) -> VectorSpace:
        """The space in use, opened; the very first one is that of the settings' current model."""
        async with self._pool.connection() as connection:
            known = await self._table.in_use(connection)
        if known is None:
            async with self._pool.connection() as connection:
                await self._table.wait_for_first(connection)
                if await self._table.in_use(connection) is None:
                    await self._begin()
        return await self.in_use()

    async def in_use(self) -> VectorSpace:
        return await self.opened(await self.row_in_use())

    async def row_in_use(self) -> SpaceRow:
        """What PostgreSQL says of the space in use."""
        async with self._pool.connection() as connection:
            row = await self._table.in_use(connection)
        assert row is not None  # noqa: S101 - `start` saw to it
        return row

    async def opened(self, row: SpaceRow) -> VectorSpace:
        """That space. Raises `ModelUnknown`, `EmbeddingModelMissing`, `IndexUnavailable`, `IndexMismatch`."""
        if row.id not in self._opened:
            async with self._opening:
                if row.id not in self._opened:
                    await self._open(row)
        return self._opened[row.id][0]

    async def remove(self, row: SpaceRow) -> None:
        """Close that space and remove its index; nobody searches in it any more."""
        if row.id in self._opened:
            await self._close(row.id)
        await self._indexes.remove(row.place)

    async def close_removed(self) -> None:
        """Close those of which another process has removed the index."""
        opened = set(self._opened)
        async with self._pool.connection() as connection:
            gone = opened - await self._table.known(connection, opened)
        for space_id in gone & set(self._opened):
            await self._close(space_id)

    async def close(self) -> None:
        """Close every space."""
        while self._opened:
            await self._close(next(iter(self._opened)))

    async def _close(self, space_id: int) -> None:
        _, stack = self._opened.pop(space_id)
        await stack.aclose()

    async def _begin(self) -> None:
        """Let the current model be in use, for which an index that an earlier version left must be made."""
        async with AsyncExitStack() as stack:
            space = await stack.enter_async_context(self._space("", self.models.current))
            async with self._pool.connection() as connection:
                await self._table.begin(connection, self.models.current)
            row = await self.row_in_use()
            if row.embedding == self.models.current:  # no other process was faster
                self._opened[row.id] = space, stack.pop_all()

    async def _open(self, row: SpaceRow) -> None:
        async with AsyncExitStack() as stack:
            space = await stack.enter_async_context(self._space(row.place, row.embedding))
            self._opened[row.id] = space, stack.pop_all()

    @asynccontextmanager
    async def _space(self, place: str, embedding: str) -> AsyncIterator[VectorSpace]:
        async with (
            self.models.opened(embedding) as embedder,
            self._indexes.open(place, Encoding(embedder.name, embedder.dimension)) as index,
        ):
            yield VectorSpace(embedder, index)


@asynccontextmanager
async def open_spaces(pool: Pool, models: Models, indexes: Indexes) -> AsyncIterator[OpenSpaces]:
    """The spaces, of which the one in use is open.

    Raises `ModelUnknown`, `EmbeddingModelMissing`, `IndexUnavailable`, `IndexMismatch`.
    """
    spaces = OpenSpaces(pool, models, indexes)
    try:
        await spaces.start()
        yield spaces
    finally:
        await spaces.close()
