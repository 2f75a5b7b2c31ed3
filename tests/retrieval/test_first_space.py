"""The very first vector space, which processes that start at once make once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from typing import Any

from retrieval import Encoding, Indexes, Models, open_spaces
from tests.ingestion.mortal_worker import Cheap
from ui.database import DatabaseSettings, open_pool

MODEL = Cheap("cheap", 4)


class Server:
    """Where indexes are made, which takes a moment."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.made: list[str] = []

    @asynccontextmanager
    async def open(self, place: str, _: Encoding) -> AsyncIterator[Any]:
        if not self.made:
            async with open_pool(self._url, 2) as pool, pool.connection() as connection:
                await connection.execute("select 1")
            self.made.append(place)
        yield object()


async def nothing(_: str) -> None:
    return None


async def test_processes_that_start_at_once_make_one_index(postgres: DatabaseSettings) -> None:
    server = Server(postgres.url)
    models = Models(MODEL.name, None, {MODEL.name: lambda: nullcontext(MODEL)})
    indexes = Indexes(server.open, nothing, nothing)
    async with AsyncExitStack() as stack:
        pools = [await stack.enter_async_context(open_pool(postgres.url, 4)) for _ in range(4)]
        opened = [stack.enter_async_context(open_spaces(pool, models, indexes)) for pool in pools]
        spaces = await asyncio.gather(*opened)
        assert {(await one.row_in_use()).embedding for one in spaces} == {MODEL.name}
    assert server.made == [""]
