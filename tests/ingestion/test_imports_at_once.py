"""What an import holds, and what others may do meanwhile."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from psycopg_pool import AsyncConnectionPool

from policies import Act, Event, PostgresLedger, Transaction
from retrieval import Bin, CachedEmbedder, Catalog, CollectionNotFound, Vector
from tests.ingestion.conftest import Library, Remembering, Write
from tests.ingestion.records import lines
from ui.database import DatabaseSettings


async def test_documents_are_locked_before_the_ledger_never_after(library: Library, write: Write) -> None:
    # Whoever deletes the collection locks the documents, then the ledger: the other order is a deadlock.
    await library.create("RH")
    folder = write("a.txt", "").parent
    write("b.txt", "")
    order: list[str] = []

    class Catalogue(Catalog):
        async def mark_failed(self, *arguments: Any) -> None:
            order.append("document")
            await super().mark_failed(*arguments)

    class Register(PostgresLedger):
        async def append(self, transaction: Transaction, event: Event) -> int:
            if event.act is Act.DOCUMENT_FAILED:
                order.append("ledger")
            return await super().append(transaction, event)

    await library.ingest("RH", folder, parts=replace(library.parts, catalog=Catalogue(), ledger=Register()))
    assert order == ["document", "document", "ledger", "ledger"]


async def test_no_connection_is_held_while_texts_are_embedded(
    library: Library, write: Write, postgres: DatabaseSettings
) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines(**{f"r{n}": f"Article {n % 3}." for n in range(100)}))
    # The embedder needs the only connection there is.
    async with AsyncConnectionPool(postgres.url, min_size=1, max_size=1, open=False) as pool:
        parts = replace(library.embedding(CachedEmbedder(library.embedder, pool)), pool=pool)
        await library.ingest("RH", path, parts=parts)
    assert len(await library.points(collection)) == 100


async def test_two_imports_at_once_leave_one_version_of_each_text(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    ingestion = library.ingestion()

    async def ingest(path: Path) -> None:
        async with aclosing(ingestion.ingest(library.principal, "RH", [path])) as events:
            async for _ in events:
                pass

    first, second = write("a.jsonl", lines(a="Un.", b="Deux.")), write("b.jsonl", lines(a="Autre.", b="Deux."))
    async with library.working():
        await asyncio.gather(ingest(first), ingest(second))
    assert {(document, version) for document, version, *_ in await library.points(collection)} in (
        {("a", 2), ("b", 1)},
        {("a", 1), ("b", 1)},
    )


async def test_what_was_received_is_read_though_nobody_listens_any_more(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines(**{f"r{n}": f"Article {n % 3}." for n in range(200)}))
    assert (await library.receive("RH", path)).waiting == 200
    assert await library.points(collection) == frozenset()
    await library.do_jobs()
    assert len(await library.points(collection)) == 200


async def test_a_collection_erased_during_an_import_leaves_no_points(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines(**{f"r{n}": f"Article {n % 3}." for n in range(100)}))

    parts = library.parts
    bin_ = Bin(parts.pool, library.policy, parts.catalog, parts.ledger, parts.index)

    class Interrupted(Remembering):
        async def embed_passages(self, texts: Sequence[str]) -> Vector:
            with suppress(CollectionNotFound):  # at the second call it is gone
                await bin_.delete(library.principal, "RH")
                await bin_.erase(library.principal, "RH")
            return await super().embed_passages(texts)

    with pytest.raises(CollectionNotFound):
        await library.ingest("RH", path, parts=library.embedding(Interrupted(library.embedder)))
    assert await library.parts.index.count(frozenset({collection.id})) == 0
