"""One document, as whoever keeps its collection sees it and changes it.

In a collection that is reviewed before it is published, what is seen and changed is what waits in its draft.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from ingestion.bulk import Change
from ingestion.bulk_steps import Steps
from policies import Action, Principal
from retrieval.corpus import Collection, Document
from retrieval.documents import Documents
from retrieval.permission import Permission, Which


@dataclass(frozen=True, slots=True)
class Kept:
    """A document of a collection; `place` is where it lies: there, or in the collection's draft."""

    collection: Collection
    place: Collection
    document: Document

    @property
    def in_draft(self) -> bool:
        """Whether it waits to be published as it is shown."""
        return self.place.id != self.collection.id


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Every method raises `CollectionNotFound`, `Refused` for who may not add to the collection."""

    documents: Documents
    steps: Steps

    async def kept(self, principal: Principal, which: Which, document_id: str) -> Kept:
        """The document; that it was looked at is recorded. Raises `DocumentNotFound`."""
        collection = await self._collection(principal, which)
        if (draft := await self._draft(collection, document_id)) is not None:
            return Kept(collection, draft, await self.documents.looked_at(principal, draft, document_id))
        return Kept(collection, collection, await self.documents.looked_at(principal, collection, document_id))

    async def correct(
        self, principal: Principal, which: Which, document_id: str, values: Mapping[str, Any], edition: str = ""
    ) -> Document:
        """As `Documents.correct`."""
        target = await self._target(principal, which, document_id)
        return await self.documents.correct_in(principal, target, document_id, values, edition)

    async def confirm(
        self, principal: Principal, which: Which, document_id: str, fields: Set[str] = frozenset(), edition: str = ""
    ) -> Document:
        """As `Documents.confirm`."""
        target = await self._target(principal, which, document_id)
        return await self.documents.confirm_in(principal, target, document_id, fields, edition)

    async def read_again(self, principal: Principal, which: Which, document_id: str) -> str:
        """Have its original read again, and its chunks made anew; gives why that cannot be, or nothing.

        Raises `IndexUnavailable`.
        """
        return await self._change(principal, which, document_id, Change.REINDEX)

    async def remove(self, principal: Principal, which: Which, document_id: str) -> None:
        """Take it out with all its versions, or have the next publication do so. Raises `IndexUnavailable`."""
        await self._change(principal, which, document_id, Change.REMOVE)

    async def _change(self, principal: Principal, which: Which, document_id: str, change: Change) -> str:
        collection = await self._collection(principal, which)
        reasons = await self.steps.apply(principal, collection, change, None, [document_id])
        return reasons.get(document_id, "")

    async def _target(self, principal: Principal, which: Which, document_id: str) -> Collection:
        collection = await self._collection(principal, which)
        return await self.steps.drafts.with_copies(collection, [document_id])

    async def _draft(self, collection: Collection, document_id: str) -> Collection | None:
        """The collection's draft, where it has the document."""
        draft = await self.steps.drafts.draft_of(collection) if collection.reviewed else None
        if draft is None:
            return None
        async with self.documents.pool.connection() as connection:
            held = await self.documents.catalog.document(connection, draft.id, document_id)
        return None if held is None else draft

    async def _collection(self, principal: Principal, which: Which) -> Collection:
        documents = self.documents
        permission = Permission(documents.pool, documents.policy, documents.catalog, documents.ledger)
        return await permission.called(principal, Action.INGEST, which)
