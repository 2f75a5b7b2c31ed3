"""Importing files and records into a collection."""

import asyncio
import errno
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path

import psycopg

from ingestion.errors import DiskFull
from ingestion.intake import IntakeLimits, Selection, select
from ingestion.progress import Progress, Summary
from ingestion.stages import Import, Parts, Pool
from policies import Act, Action, Event, Json, Ledger, Policy, Principal, Refused
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.embedding import Embedder
from retrieval.errors import CollectionNotFound
from retrieval.index import Index
from retrieval.sparse import SparseEncoder


class Ingestion:
    """Imports, one at a time: two at once would only share the embedding model between them."""

    def __init__(
        self,
        *,
        pool: Pool,
        policy: Policy,
        catalog: Catalog,
        ledger: Ledger,
        embedder: Embedder,
        sparse: SparseEncoder,
        index: Index,
        limits: IntakeLimits | None = None,
    ) -> None:
        self._parts = Parts(pool, catalog, ledger, embedder, sparse, index)
        self._policy = policy
        self._limits = limits or IntakeLimits()
        self._turn = asyncio.Lock()

    async def ingest(
        self, principal: Principal, collection_name: str, paths: Sequence[Path], base: Path | None = None
    ) -> AsyncGenerator[Progress | Summary, None]:
        """Import what the paths name; the summary comes last, once everything is durable.

        Who stops listening should close the generator (`contextlib.aclosing`): that stops the import.

        The same input a second time changes nothing. A document that cannot be read is marked as failed
        and the others go in. Raises `CollectionNotFound`, `Refused`, `ImportRefused` (nothing was
        written), `DiskFull` (the next run goes on from there), `EmbeddingFailed`, `IndexUnavailable`.
        """
        collection = await self._permitted(principal, collection_name)
        selection = await asyncio.to_thread(select, paths, base, self._limits)
        events: asyncio.Queue[Progress | Summary | None] = asyncio.Queue()
        running = asyncio.create_task(self._run(principal, collection, selection, events))
        running.add_done_callback(lambda _: events.put_nowait(None))
        try:
            while (event := await events.get()) is not None:
                yield event
            await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _run(
        self,
        principal: Principal,
        collection: Collection,
        selection: Selection,
        events: asyncio.Queue[Progress | Summary | None],
    ) -> None:
        async with self._turn:
            try:
                await Import(self._parts, principal, collection, selection, events).run()
            except BaseExceptionGroup as group:
                error = _first(group)
                if _is_disk_full(error):
                    raise DiskFull from error
                if isinstance(error, psycopg.errors.ForeignKeyViolation):
                    raise CollectionNotFound(collection.name) from error
                raise error from error.__cause__

    async def _permitted(self, principal: Principal, name: str) -> Collection:
        """The collection, if it is there and the principal may add to it; a refusal is recorded."""
        async with self._parts.pool.connection() as connection:
            collection = await self._parts.catalog.collection(connection, name)
        decision = self._policy.decide(principal, Action.INGEST, collection.rule)
        if decision.allowed:
            return collection
        details: dict[str, Json] = {
            "action": Action.INGEST.value,
            "collection_id": str(collection.id),
            "rules": list(decision.rules),
        }
        async with self._parts.pool.connection() as connection:
            await self._parts.ledger.append(connection, Event(Act.REFUSED, principal, details))
        if not self._policy.decide(principal, Action.READ, collection.rule).allowed:
            raise CollectionNotFound(name)
        raise Refused(principal, Action.INGEST, collection.name, decision.rules)


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _is_disk_full(error: BaseException) -> bool:
    """Whether any of the errors that led here was for want of room, whoever met it first."""
    return any(
        isinstance(one, psycopg.errors.DiskFull)
        or (isinstance(one, OSError) and one.errno in {errno.ENOSPC, errno.EDQUOT})
        or "No space left on device" in str(one)
        for one in _chain(error)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
