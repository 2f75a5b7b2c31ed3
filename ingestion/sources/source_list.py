"""Sources as whoever keeps collections follows them: how the latest synchronisation of each is, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString

from ingestion.sources import source_list_queries as queries
from ingestion.sources.followed import Followed, SyncState, followed_of
from policies import Act, Action, Event, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection
from retrieval.permission import Permission, Which
from retrieval.rows import COUNTED, Pool, all_rows, total_of


class SourceOrder(StrEnum):
    """By what sources are sorted."""

    STATE = "state"  # what wants somebody's eye first
    ENDED = "ended"
    COLLECTION = "collection"
    NAME = "name"


_ORDERS: dict[SourceOrder, LiteralString] = {
    SourceOrder.STATE: queries.STATE,
    SourceOrder.ENDED: queries.ENDED,
    SourceOrder.COLLECTION: queries.COLLECTION,
    SourceOrder.NAME: queries.NAME,
}


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Which sources: of a collection, with their latest synchronisation in a state."""

    collection: Which | None = None
    state: SyncState | None = None


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source, with the name of the collection that follows it; `paused`: it waits until that one goes on."""

    source: Followed
    collection: str
    paused: bool


@dataclass(frozen=True, slots=True)
class SourcePage:
    """Some sources, how many there are, counted up to one more than `COUNTED`, and the collections that one keeps."""

    sources: Sequence[ListedSource]
    total: int
    collections: Sequence[Collection]


@dataclass(frozen=True, slots=True)
class SourceList:
    """The sources of the collections to which a principal may add."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger

    async def page(
        self,
        principal: Principal,
        asked: SourceFilter = SourceFilter(),
        order: SourceOrder = SourceOrder.NAME,
        *,
        descending: bool = False,
        limit: int = 50,
        offset: int = 0,
        again: bool = False,
    ) -> SourcePage:
        """Some sources; recorded, but where it is the same look that goes on (`again`).

        Raises, for a collection that is asked for, `CollectionNotFound`, `Refused`.
        """
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        kept = await permission.collections(principal, Action.INGEST)
        held = kept
        if asked.collection is not None:
            held = [await permission.called(principal, Action.INGEST, asked.collection)]
        values = {"collections": [one.id for one in held], "state": asked.state, "limit": limit, "offset": offset}
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.page(_ORDERS[order], descending=descending), values)
            total = await total_of(connection, queries.COUNT, values | {"most": COUNTED + 1}, len(rows))
            if not again:
                await self.ledger.append(connection, Event(Act.SOURCES_LISTED, principal, {"sources": len(rows)}))
        listed = [ListedSource(followed_of(row), row["collection"], row["paused"]) for row in rows]
        return SourcePage(listed, total, kept)
