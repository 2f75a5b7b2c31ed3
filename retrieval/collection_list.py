"""The collections that somebody keeps, narrowed and sorted, each with what it holds."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

from policies.access import Action, Policy
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, DocumentState, Stage
from retrieval.names import folded
from retrieval.permission import Permission
from retrieval.rows import Connection, Pool, all_rows

PASSAGES: LiteralString = """
select collection_id, sum(points) as passages from received where collection_id = any(%s) group by collection_id
"""

IMPORTS: LiteralString = """
select given.id as collection_id, latest.received_at
from unnest(%s::uuid[]) as given (id)
cross join lateral (
    select received_at from reception where collection_id = given.id order by received_at desc limit 1
) as latest
"""

_LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)


class Sign(StrEnum):
    """What else a collection is."""

    PAUSED = "paused"
    ARCHIVED = "archived"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a list is narrowed to: `words` of name and description, and what else is set."""

    words: str = ""
    owner: str = ""
    stage: Stage | None = None
    sign: Sign | None = None

    def __contains__(self, one: Collection) -> bool:
        return (
            (not self.words or folded(self.words) in folded(f"{one.name} {one.description}"))
            and self.owner in ("", one.owner)
            and self.stage in (None, one.stage)
            and (self.sign is None or bool(getattr(one, self.sign)))
        )


@dataclass(frozen=True, slots=True)
class Held:
    """A collection and what it holds: documents by state, passages in the index, and when something came last."""

    collection: Collection
    documents: Mapping[DocumentState, int]
    passages: int = 0
    imported_at: dt.datetime | None = None

    @property
    def total(self) -> int:
        """All documents."""
        return sum(self.documents.values())


class Order(StrEnum):
    """By what the list is sorted."""

    NAME = "name"
    OWNER = "owner"
    DOCUMENTS = "documents"
    PASSAGES = "passages"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class CollectionList:
    """For whoever keeps collections; what is not theirs is not in it, nor counted."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger

    async def kept(self, principal: Principal) -> list[Collection]:
        """All that the principal keeps, by name."""
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        return await permission.collections(principal, Action.INGEST)

    async def page(
        self,
        kept: Iterable[Collection],
        narrowed: Narrowed,
        order: Order = Order.NAME,
        *,
        descending: bool = False,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[list[Held], int]:
        """So many of those from `kept`, from that place on, and how many there are in all."""
        wanted = [one for one in kept if one in narrowed]
        async with self.pool.connection() as connection:
            key = await self._key(connection, order, [one.id for one in wanted])
            wanted.sort(key=key, reverse=descending)
            return await self._held(connection, wanted[offset : offset + limit]), len(wanted)

    async def held(self, collection: Collection) -> Held:
        """One of them, with what it holds."""
        async with self.pool.connection() as connection:
            [one] = await self._held(connection, [collection])
        return one

    async def _key(self, connection: Connection, order: Order, ids: list[UUID]) -> Callable[[Collection], Any]:
        """What the list is sorted by: the rest of what they hold is asked of those alone that are shown."""
        match order:
            case Order.NAME:
                return lambda one: folded(one.name)
            case Order.OWNER:
                return lambda one: (one.owner, folded(one.name))
            case Order.DOCUMENTS:
                documents = await self.catalog.count_documents(connection, ids)
                return lambda one: sum(documents[one.id].values())
            case Order.PASSAGES:
                passages = await _by_collection(connection, PASSAGES, ids, "passages")
                return lambda one: passages.get(one.id) or 0
            case Order.IMPORTED:
                imports = await _by_collection(connection, IMPORTS, ids, "received_at")
                return lambda one: imports.get(one.id, _LONG_AGO)

    async def _held(self, connection: Connection, collections: Sequence[Collection]) -> list[Held]:
        ids = [one.id for one in collections]
        documents = await self.catalog.count_documents(connection, ids)
        passages = await _by_collection(connection, PASSAGES, ids, "passages")
        imports = await _by_collection(connection, IMPORTS, ids, "received_at")
        return [
            Held(one, documents[one.id], int(passages.get(one.id) or 0), imports.get(one.id)) for one in collections
        ]


async def _by_collection(
    connection: Connection, query: LiteralString, ids: Sequence[UUID], column: str
) -> dict[UUID, Any]:
    return {row["collection_id"]: row[column] for row in await all_rows(connection, query, [list(ids)])}
