"""The documents of the collections that somebody keeps: narrowed, sorted, counted, a page at a time."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval import document_list_queries as queries
from retrieval.catalog import Catalog
from retrieval.catalog_queries import SELECT_DOCUMENTS_OF
from retrieval.catalog_rows import document_of
from retrieval.corpus import Collection, Document
from retrieval.document_filter import DocumentFilter, Order
from retrieval.documents import shown
from retrieval.permission import Permission, Which
from retrieval.rows import COUNTED, Connection, Pool, all_rows, containing, one_row, total_of
from retrieval.search import today

PAGE = 50

Key = tuple[UUID, str]  # a collection and the identifier of a document there


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A document in its latest version, received then, from that source; None: somebody has given it."""

    document: Document
    collection: Collection
    received_at: dt.datetime
    source: UUID | None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some of `total` documents."""

    rows: Sequence[ListedDocument]
    total: int


@dataclass(frozen=True, slots=True)
class DocumentList:
    """For whoever may add to a collection; to others it has no documents. `which` is one collection, None all of them.

    Every method raises `CollectionNotFound`, `Refused` for a collection that is named.
    """

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger

    async def page(
        self,
        principal: Principal,
        wanted: DocumentFilter,
        which: Which | None = None,
        *,
        order: Order = Order.RECEIVED,
        descending: bool = True,
        offset: int = 0,
        limit: int = PAGE,
        most: int | None = COUNTED + 1,
        kept: Sequence[Collection] | None = None,
    ) -> DocumentPage:
        """The documents after the first `offset` ones; that they were listed is recorded.

        They are counted up to `most`, as far as that is more than is on the page; None: all of them.
        `kept` is what the method of that name gave for all collections, where it was asked in this moment.
        """
        if kept is None or which is not None:
            kept = await self.kept(principal, which)
        collections = {one.id: one for one in kept}
        async with self.pool.connection() as connection:
            words, values = await _values(connection, wanted, [*collections])
            place = {"offset": offset, "limit": limit}
            found = await all_rows(
                connection, queries.page(wanted, words, order, descending=descending), values | place
            )
            total = await total_of(
                connection, queries.count(wanted, words), values | place | {"most": most}, len(found)
            )
            documents = await _documents(connection, [(row["collection_id"], row["id"]) for row in found])
            await self.ledger.append(connection, _listed(principal, kept if which else [], len(found)))
        rows = [
            ListedDocument(document, collections[row["collection_id"]], row["received_at"], row["source_id"])
            for row in found
            if (document := documents.get((row["collection_id"], row["id"])))  # not removed in this moment
        ]
        return DocumentPage(rows, total)

    async def count(self, principal: Principal, wanted: DocumentFilter, which: Which | None = None) -> int:
        """How many there are, all of them."""
        collections = [one.id for one in await self.kept(principal, which)]
        async with self.pool.connection() as connection:
            words, values = await _values(connection, wanted, collections)
            counted = await one_row(connection, queries.count(wanted, words), values | {"most": None})
        return counted["count"] if counted else 0

    async def kept(self, principal: Principal, which: Which | None = None) -> list[Collection]:
        """The collections whose documents are listed, by name."""
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        if which is not None:
            return [await permission.called(principal, Action.INGEST, which)]
        return await permission.collections(principal, Action.INGEST)

    async def sources(self, collections: Sequence[Collection]) -> list[tuple[UUID, str]]:
        """The sources that these follow, with their names, for whoever keeps them."""
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, queries.SOURCES, [[one.id for one in collections]])
        return [(row["id"], row["name"]) for row in rows]


async def keys_of(connection: Connection, wanted: DocumentFilter, collections: Sequence[UUID]) -> AsyncIterator[Key]:
    """The keys of all these documents of these collections, by collection and identifier."""
    words, values = await _values(connection, wanted, collections)
    async with connection.cursor() as cursor:
        await cursor.execute(queries.keys(wanted, words), values)
        async for collection_id, identifier in cursor:
            yield collection_id, identifier


async def known(connection: Connection, keys: Sequence[Key]) -> list[Key]:
    """Those of them that there are, in the same order."""
    return [(row[0], row[1]) for row in await (await connection.execute(queries.KNOWN, _places(keys))).fetchall()]


async def _documents(connection: Connection, keys: Sequence[Key]) -> Mapping[Key, Document]:
    """The documents of these keys, as they are shown; those that are gone are left out."""
    rows = await all_rows(connection, SELECT_DOCUMENTS_OF, _places(keys))
    return {(row["collection_id"], row["id"]): shown(document_of(row)) for row in rows}


def _places(keys: Sequence[Key]) -> list[list[Any]]:
    return [[collection for collection, _ in keys], [identifier for _, identifier in keys]]


async def _values(
    connection: Connection, wanted: DocumentFilter, collections: Sequence[UUID]
) -> tuple[int, dict[str, Any]]:
    """How many words are looked for, and the values of the queries."""
    rows = await (await connection.execute(queries.WORDS, [wanted.words])).fetchall() if wanted.words else []
    values: dict[str, Any] = {f"word{number}": containing(word) for number, (word,) in enumerate(rows)}
    return len(rows), values | {
        "collections": list(collections),
        "state": wanted.state,
        "kind": wanted.kind,
        "since": wanted.since,
        "until": wanted.until,
        "source": wanted.source,
        "today": today(),
    }


def _listed(principal: Principal, collections: Sequence[Collection], documents: int) -> Event:
    details: dict[str, Json] = {"documents": documents}
    if collections:
        (collection,) = collections
        details |= {"collection_id": str(collection.id), "rules": [*collection.allowed_by]}
    return Event(Act.DOCUMENTS_LISTED, principal, details)
