"""An assistant that changes its embedding model: everything real but the two models, which cost nothing."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from ingestion import Queue, Reencoding, Succession, open_queue
from policies import PostgresLedger, load_policy
from retrieval import (
    Catalog,
    EdgeSettings,
    Embedder,
    Encoding,
    Index,
    Indexes,
    Models,
    OpenSpaces,
    SparseVector,
    Within,
    edge_points,
    open_edge,
    open_spaces,
    remove_edge,
)
from retrieval.qdrant import QdrantSettings, open_qdrant, qdrant_points, remove_qdrant
from tests.ingestion.mortal_worker import EVERYTHING, PERSON, SETTINGS, Cheap, killed
from tests.ingestion.steps import Steps
from ui.connections import CancellablePool
from ui.database import Pool

OLD, NEW = Cheap("old", 8), Cheap("new", 12)

# Of a point that is found: document, version, ordinal, text.
Points = set[tuple[str, int, int, str]]


def models(current: Embedder = OLD, following: Embedder | None = NEW) -> Models:
    """What the settings name."""
    named = [current, *([following] if following else [])]

    def opening(model: Embedder) -> AbstractAsyncContextManager[Embedder]:
        return nullcontext(model)

    return Models(
        current.name,
        following.name if following else None,
        {model.name: lambda model=model: opening(model) for model in named},  # type: ignore[misc]
    )


def qdrant_indexes(url: str) -> Indexes:
    """On a Qdrant server, side by side, or each in memory."""
    run = uuid4()

    def settings(place: str, encoding: Encoding) -> QdrantSettings:
        key = os.environ.get("ASSISTANT_QDRANT_KEY", "")
        return QdrantSettings(url, encoding, key, f"test-{run}-{place}")

    return Indexes(
        open=lambda place, encoding: open_qdrant(settings(place, encoding)),
        remove=lambda place: remove_qdrant(settings(place, Encoding("", 0))),
        points=lambda place: qdrant_points(settings(place, Encoding("", 0))),
    )


def edge_indexes(folder: Path, steps: Steps) -> Indexes:
    """Of the embedded engine, side by side."""

    def path(place: str) -> Path:
        return folder / f"index{place}"

    @asynccontextmanager
    async def opened(place: str, encoding: Encoding) -> AsyncIterator[Index]:
        async with open_edge(EdgeSettings(path(place), encoding)) as index:
            yield steps.through(index)

    async def remove(place: str) -> None:
        await remove_edge(path(place))

    return Indexes(opened, steps._counted(remove), lambda place: edge_points(path(place)))


@dataclass(frozen=True, slots=True)
class Two:
    """Both models, and what changes from one to the other."""

    spaces: OpenSpaces
    succession: Succession
    reencoding: Reencoding

    async def finish(self) -> None:
        """Go on until the next model is in use and the old index is gone."""
        while await self.reencoding.step() or (await self.spaces.row_in_use()).embedding != NEW.name:
            continue

    async def found(self, *collections: UUID) -> Points:
        """All that can be found."""
        space = await self.spaces.in_use()
        hits = await space.index.search(
            np.ones(space.embedder.dimension, np.float32),
            SparseVector((), ()),
            within=Within(frozenset(collections)),
            fusion=EVERYTHING,
            limit=10_000,
        )
        found = {(hit.document_id, hit.version, hit.chunk.ordinal, hit.chunk.text) for hit in hits}
        assert len(found) == len(hits) == await space.index.count(frozenset(collections))
        return found


@asynccontextmanager
async def two(
    pool: Pool,
    folder: Path,
    queue: Queue,
    named: Models | None = None,
    steps: Steps | None = None,
    indexes: Indexes | None = None,
) -> AsyncIterator[Two]:
    """As a process that works has them; the old index goes at once, and nobody waits for who was killed."""
    steps = steps or Steps(None)
    ledger: Any = steps.through(PostgresLedger())
    counted: Any = steps.pool(pool, writing=True)
    async with (
        CancellablePool(pool.conninfo, min_size=1, max_size=2, open=False) as asking,
        open_spaces(asking, named or models(), indexes or edge_indexes(folder, steps)) as spaces,
    ):
        catalog = Catalog()
        yield Two(
            spaces,
            Succession(counted, load_policy(), catalog, ledger, spaces),
            Reencoding(
                pool=counted,
                catalog=catalog,
                ledger=ledger,
                queue=queue,
                spaces=spaces,
                principal=PERSON,
                grace_s=0,
                lease_s=0,
            ),
        )


def change(url: str, folder: str, last: int | None) -> None:
    """Have the next model take the place of the one in use, until killed at the last step."""

    async def run() -> None:
        async with (
            CancellablePool(url, min_size=1, max_size=6, open=False) as pool,
            open_queue(pool, SETTINGS) as queue,
            two(pool, Path(folder), queue, steps=Steps(last, error=killed)) as both,
        ):
            await both.succession.announce(PERSON)
            await both.finish()

    asyncio.run(run())


def tell(url: str, folder: str, told: str) -> None:
    """Tell of each model that is in use, as a process does that only searches, until the next one is."""

    async def run() -> None:
        async with (
            CancellablePool(url, min_size=1, max_size=2, open=False) as asking,
            open_spaces(asking, models(), edge_indexes(Path(folder), Steps(None))) as spaces,
        ):
            while True:
                name = (await spaces.in_use()).embedder.name
                await asyncio.to_thread(Path(told).write_text, name)
                if name == NEW.name:
                    return

    asyncio.run(run())
