"""What imports, with an embedder and an index of the benchmark's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ingestion import BlobSettings, Ingestion, Parts, Queue, open_blobs, open_queue
from ingestion.isolation import ParseLimits, open_reader
from policies import LivePolicy, PostgresLedger
from retrieval import Catalog, Collections, Embedder, Evaluation, Index, Search, SparseEncoder, VectorSpace
from ui.database import DatabaseSettings, open_database
from ui.services import FUSION


@dataclass(frozen=True, slots=True)
class Stack:
    """Services of one process; none of them works."""

    queue: Queue
    parts: Parts
    collections: Collections
    ingestion: Ingestion
    search: Search
    evaluation: Evaluation


@asynccontextmanager
async def open_stack(home: Path, embedder: Embedder, index: Index, *, postgres: str = "") -> AsyncIterator[Stack]:
    """Everything else is the product's own; `postgres` names another database than the folder's."""
    space = VectorSpace(embedder, index)
    policy, catalog, ledger, sparse = LivePolicy(), Catalog(), PostgresLedger(), SparseEncoder()
    async with (
        open_database(DatabaseSettings(folder=home / "postgres", url=postgres)) as pool,
        open_blobs(BlobSettings(home / "blobs")) as blobs,
        open_reader(ParseLimits()) as reader,
        open_queue(pool) as queue,
    ):
        parts = Parts(
            pool=pool,
            catalog=catalog,
            ledger=ledger,
            spaces=space,
            sparse=sparse,
            index=index,
            blobs=blobs,
            reader=reader,
        )
        search = Search(pool, policy, catalog, ledger, space, sparse, FUSION)
        yield Stack(
            queue=queue,
            parts=parts,
            collections=Collections(pool, policy, catalog, ledger),
            ingestion=Ingestion(
                pool=pool, policy=policy, catalog=catalog, ledger=ledger, blobs=blobs, queue=queue, reader=reader
            ),
            search=search,
            evaluation=Evaluation(pool, ledger, search),
        )
