"""The bin: collections that were deleted and can still be recovered.

1. From the moment of deletion nobody finds or reads a collection: it has no name any more, and only what has one is
   permitted to anybody. Its rows and points stay as they are, so that recovery makes nothing anew.
2. After `KEPT_DAYS` the night takes its rows, but for what a legal hold names; its points follow, as they are noted
   in the same transaction (deploy/migrations/0035_bin_of_collections.sql). After a crash they are erased later.
"""

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from policies.access import Action, Policy
from policies.audit.event import Act
from policies.audit.ledger import Ledger
from policies.audit.purge import Due
from policies.errors import Refused
from policies.principal import Principal
from retrieval import collection_queries as queries
from retrieval import collection_table as table
from retrieval.catalog import Catalog
from retrieval.catalog_rows import collection_of
from retrieval.collection_events import collection_event
from retrieval.collection_table import Binned
from retrieval.corpus import Collection, DocumentState
from retrieval.errors import CollectionNotFound
from retrieval.forgetting import forget_collections
from retrieval.index import Index
from retrieval.names import name_key, valid_name
from retrieval.permission import Permission, Which
from retrieval.rows import Pool, all_rows, one_row

KEPT_DAYS = 30

ASKED, KEPT_LONG_ENOUGH = "asked", "kept long enough"


@dataclass(frozen=True, slots=True)
class Bin:
    """For whoever may delete a collection; others are told that there is none.

    All methods but `deleted` raise `CollectionNotFound`, `Refused`.
    """

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index

    async def delete(self, principal: Principal, which: Which, edition: int | None = None) -> int:
        """Put a collection into the bin; gives how many of its documents could be found. Raises `CollectionChanged`."""
        permitted = await self._permission().called(principal, Action.DELETE_COLLECTION, which)
        async with self.pool.connection() as connection:
            await table.locked(connection, permitted, edition)
            counts = await self.catalog.count_documents(connection, [permitted.id])
            gone = replace(await table.to_bin(connection, permitted.id), allowed_by=permitted.allowed_by)
            await self.ledger.append(connection, collection_event(Act.COLLECTION_DELETED, principal, gone))
        return counts[permitted.id][DocumentState.INDEXED]

    async def deleted(self, principal: Principal) -> list[Binned]:
        """What lies in the bin that the principal could delete, the latest first."""
        async with self.pool.connection() as connection:
            held = await table.binned(connection)
        rules = [one.collection.rule for one in held]
        ours = self.policy.permitted(principal, Action.READ, rules) & self.policy.permitted(
            principal, Action.DELETE_COLLECTION, rules
        )
        return [one for one in held if one.collection.id in ours]

    async def recover(self, principal: Principal, which: Which, name: str = "") -> Collection:
        """Take it out of the bin as it was, under another name where one is given.

        Of several of that name the one deleted last. Raises `CollectionExists`, `NameInvalid`.
        """
        permitted = await self._binned(principal, which)
        wanted = replace(permitted, name=valid_name(name or permitted.name))
        async with self.pool.connection() as connection:
            await table.locked_in_bin(connection, permitted)
            found = await table.recover(connection, wanted)
            found = replace(found, allowed_by=permitted.allowed_by)
            await self.ledger.append(connection, collection_event(Act.COLLECTION_RECOVERED, principal, found))
        return found

    async def erase(self, principal: Principal, which: Which) -> None:
        """Delete what lies in the bin for good, before its time. Raises `IndexUnavailable`, and its points go later."""
        permitted = await self._binned(principal, which)
        async with self.pool.connection() as connection:
            await table.locked_in_bin(connection, permitted)
            await table.erase(connection, permitted.id)
            event = collection_event(Act.COLLECTION_PURGED, principal, permitted, reason=ASKED)
            await self.ledger.append(connection, event)
        await forget_collections(self.pool, self.index, {permitted.id})
        await self.index.delete(permitted.id)
        await self.index.settle()
        async with self.pool.connection() as connection:
            await table.points_erased(connection, permitted.id)

    async def _binned(self, principal: Principal, which: Which) -> Collection:
        """One of the principal's own before another's of that name, which they are not told of."""
        async with self.pool.connection() as connection:
            held = [one.collection for one in await table.binned(connection)]
        found = [one for one in held if _is(one, which)]
        own = {one.collection.id for one in await self.deleted(principal)}
        for one in sorted(found, key=lambda one: one.id not in own):
            try:
                return await self._permission().permitted(principal, Action.DELETE_COLLECTION, one, str(which))
            except Refused as refused:
                raise CollectionNotFound(str(which)) from refused
        raise CollectionNotFound(str(which))

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


@dataclass(frozen=True, slots=True)
class Emptying:
    """What each night does to the bin, for the service that does it."""

    pool: Pool
    ledger: Ledger
    principal: Principal

    async def due(self, now: dt.datetime) -> Due:
        """How many collections have lain there long enough, and how many of them a hold keeps."""
        async with self.pool.connection() as connection:
            row = await one_row(connection, queries.COUNT_DUE, [_before(now)])
        assert row is not None  # noqa: S101 - it counts
        return Due(_before(now), **row)

    async def apply(self, now: dt.datetime) -> int:
        """Delete them for good; gives how many. Their points go with the next `ingestion.erasure.erase`."""
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.PURGE, [_before(now)])
            for row in rows:
                event = collection_event(
                    Act.COLLECTION_PURGED, self.principal, collection_of(row), reason=KEPT_LONG_ENOUGH
                )
                await self.ledger.append(connection, event)
        return len(rows)


def _before(now: dt.datetime) -> dt.datetime:
    return now - dt.timedelta(days=KEPT_DAYS)


def _is(collection: Collection, which: Which) -> bool:
    return collection.id == which if isinstance(which, UUID) else name_key(collection.name) == name_key(which)
