"""What is known of each document, looked at, corrected and removed: decided by the policy, changes recorded."""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from policies.access import Action, Policy
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.corpus import Collection, Document, DocumentMetadata, DocumentState
from retrieval.corrections import CORRECTABLE, DAYS, edition_of, require_days_in_order, value_json
from retrieval.errors import DocumentChanged, DocumentNotFound
from retrieval.index import Index
from retrieval.permission import Permission, Which
from retrieval.removal import Removal
from retrieval.rows import Connection, Pool


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of a collection, as a principal may see and change them."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index

    async def document(self, principal: Principal, which: Which, document_id: str) -> Document:
        """One, of a collection that the principal may read. Raises `CollectionNotFound`, `DocumentNotFound`."""
        collection = await self._permission().called(principal, Action.READ, which)
        return await self.looked_at(principal, collection, document_id)

    async def correct(
        self, principal: Principal, which: Which, document_id: str, values: Mapping[str, Any], edition: str = ""
    ) -> Document:
        """Put these values, by field, in the place of what is known, for whoever may add to the collection.

        `edition` is what `edition_of` gave of the document as it was shown to them; without it, whatever is there now
        is changed. The index is told before the catalogue commits: after a failure in between, the same correction
        once more makes both agree. Raises `CollectionNotFound`, `Refused`, `DocumentNotFound`, `DocumentChanged`,
        `DatesReversed`, `IndexUnavailable`.
        """
        collection = await self._permission().called(principal, Action.INGEST, which)
        return await self.correct_in(principal, collection, document_id, values, edition)

    async def correct_in(
        self,
        principal: Principal,
        collection: Collection,
        document_id: str,
        values: Mapping[str, Any],
        edition: str = "",
    ) -> Document:
        """The same in a collection to which the principal was permitted to add."""
        async with self.pool.connection() as connection:
            await self._locked(connection, collection, document_id, edition)
            (corrected,) = await self.put(connection, principal, collection, {document_id: values})
            return corrected

    async def confirm(
        self,
        principal: Principal,
        which: Which,
        document_id: str,
        fields: Set[str] = frozenset(),
        edition: str = "",
    ) -> Document:
        """Say that what was guessed of these fields holds, or of all where none is named; otherwise as `correct`.

        A field that is no guess is passed over.
        """
        collection = await self._permission().called(principal, Action.INGEST, which)
        return await self.confirm_in(principal, collection, document_id, fields, edition)

    async def confirm_in(
        self,
        principal: Principal,
        collection: Collection,
        document_id: str,
        fields: Set[str] = frozenset(),
        edition: str = "",
    ) -> Document:
        """The same in a collection to which the principal was permitted to add."""
        async with self.pool.connection() as connection:
            document = await self._locked(connection, collection, document_id, edition)
            guessed = document.metadata.guessed & CORRECTABLE & (fields or CORRECTABLE)
            if not guessed:
                return document
            values = {name: getattr(document.metadata, name) for name in guessed}
            (confirmed,) = await self.put(connection, principal, collection, {document_id: values})
            return confirmed

    async def remove(self, principal: Principal, which: Which, ids: Sequence[str]) -> int:
        """Take documents out of the collection, for whoever may add to it; gives how many were there.

        Raises `CollectionNotFound`, `Refused`, `IndexUnavailable`.
        """
        collection = await self._permission().called(principal, Action.INGEST, which)
        return await Removal(self.pool, self.ledger, self.index).remove(
            principal, collection.id, ids, collection.allowed_by
        )

    async def looked_at(self, principal: Principal, collection: Collection, document_id: str) -> Document:
        """One of a collection that the principal was permitted to look at. Raises `DocumentNotFound`."""
        async with self.pool.connection() as connection:
            document = await self.catalog.document(connection, collection.id, document_id)
            if document is None:
                raise DocumentNotFound(document_id)
            await self.ledger.append(connection, _listed(principal, collection, {"document_id": document_id}))
        return shown(document)

    async def _locked(self, connection: Connection, collection: Collection, document_id: str, edition: str) -> Document:
        document = await self.catalog.locked(connection, collection.id, document_id)
        if edition and edition != edition_of(document):
            raise DocumentChanged(document_id)
        return document

    async def put(
        self,
        connection: Connection,
        principal: Principal,
        collection: Collection,
        values: Mapping[str, Mapping[str, Any]],
    ) -> list[Document]:
        """Put these values, by document and field, in the place of what is known, for whoever was permitted to.

        It is the last that the transaction does: it writes into the ledger. Raises `DocumentNotFound`,
        `DatesReversed`, `IndexUnavailable`.
        """
        documents = []
        for document_id, given in sorted(values.items()):
            document = await self.catalog.correct(connection, collection.id, document_id, given)
            if DAYS & given.keys():
                require_days_in_order(document.metadata)
            await self.index.describe(collection.id, document_id, document.metadata)
            documents.append(document)
        await self.index.settle()
        events = [_corrected(principal, collection, document, values[document.id]) for document in documents]
        await self.ledger.append_all(connection, events)
        return documents

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)


def shown(document: Document) -> Document:
    """Of what waits for a decision, no word of the text: its title and numbers come from there."""
    if document.state is not DocumentState.QUARANTINED:
        return document
    return replace(document, metadata=DocumentMetadata(title=document.id))


def _listed(principal: Principal, collection: Collection, details: dict[str, Json]) -> Event:
    place: dict[str, Json] = {"collection_id": str(collection.id), "rules": [*collection.allowed_by]}
    return Event(Act.DOCUMENTS_LISTED, principal, place | details)


def _corrected(principal: Principal, collection: Collection, document: Document, values: Mapping[str, Any]) -> Event:
    details: dict[str, Json] = {
        "collection_id": str(document.collection_id),
        "document_id": document.id,
        "version": document.version,
        "fields": [*sorted(values)],
        "rules": [*collection.allowed_by],
    }
    words = json.dumps({name: value_json(value) for name, value in values.items()}, ensure_ascii=False, sort_keys=True)
    return Event(Act.DOCUMENT_CORRECTED, principal, details, {"correction": words})
