"""A worker whose database is restarted under its hands."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingestion import BlobSettings, Parts, open_blobs, open_queue
from policies import CedarPolicy, PostgresLedger, Principal
from retrieval import (
    Catalog,
    Collection,
    DocumentState,
    EdgeSettings,
    Encoding,
    SparseEncoder,
    Vector,
    VectorSpace,
    open_edge,
)
from tests.ingestion.conftest import QUICK, Library
from tests.ingestion.mortal_worker import DIMENSION, Cheap
from tests.ingestion.plain_reader import PlainReader
from ui.database import DatabaseSettings, open_database, start_server

Write = Callable[[str, str], Path]


async def test_a_batch_is_finished_once_the_database_is_back(
    tmp_path: Path, policy: CedarPolicy, administrateur: Principal, write: Write
) -> None:
    server = await asyncio.to_thread(start_server, tmp_path / "postgres")

    back = asyncio.Event()

    def restart() -> None:
        server.stop()
        server.start()

    class Restarting(Cheap):
        """Restarts the database while the first texts are embedded."""

        async def embed_passages(self, texts: Sequence[str]) -> Vector:
            if not back.is_set():
                await asyncio.to_thread(restart)
                back.set()
            return await super().embed_passages(texts)

    try:
        async with (
            open_database(DatabaseSettings(tmp_path, url=server.get_uri())) as pool,
            open_blobs(BlobSettings(tmp_path / "blobs")) as blobs,
            open_edge(EdgeSettings(tmp_path / "index", Encoding("cheap", DIMENSION))) as edge,
            open_queue(pool, replace(QUICK, take_up="* * * * * *")) as queue,
        ):
            index: Any = edge
            model = Restarting()
            space = VectorSpace(model, index)
            parts = Parts(pool, Catalog(), PostgresLedger(), space, SparseEncoder(), index, blobs, PlainReader())
            library = Library(parts, policy, administrateur, queue, model)
            collection = await library.create("RH")
            paths = [write("a.txt", "Un."), write("b.txt", "Deux.")]
            await library.receive("RH", *paths)
            ids = [str(path) for path in paths]
            async with library.working():
                await back.wait()
                while DocumentState.PENDING in {
                    state for _, state, _ in (await library.states(collection, *ids)).values()
                }:
                    continue
            assert {document for document, *_ in await library.points(collection)} == set(ids)
            assert b"".join(await library.acts()).count(b'"document.indexed"') == 2
    finally:
        await asyncio.to_thread(server.cleanup)


async def states(library: Library, collection: Collection, ids: list[str]) -> set[DocumentState]:
    return {state for _, state, _ in (await library.states(collection, *ids)).values()}
