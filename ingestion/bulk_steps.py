"""One change to a few documents of one collection: what each kind of change does, recorded as it is.

Doing the same once more after a crash ends the same.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, assert_never

from ingestion import bulk_queries as queries
from ingestion.again import Again
from ingestion.bulk import Change
from ingestion.publication.drafts import Drafts
from ingestion.queue import Queue
from policies import Act, Event, Json, Principal
from retrieval.corpus import Collection, Document, DocumentState
from retrieval.corrections import CORRECTABLE, require_days_in_order
from retrieval.documents import Documents
from retrieval.errors import DatesReversed, DocumentNotFound
from retrieval.removal import Removal
from retrieval.rows import Connection

GONE = "Ce document n’est plus dans la collection."
NOT_FAILED = "Ce document n’est pas en échec\u202f: il n’y a rien à réessayer."
NOT_READ = "Ce document attend d’être lu, ou une décision de quarantaine\u202f: il n’est pas à relire."
NO_ORIGINAL = "Son original n’est pas gardé\u202f: versez-le à nouveau."
HELD = "Ce document est en quarantaine\u202f: décidez-en d’abord."

Reasons = dict[str, str]
"""Why documents, by identifier, were left as they were."""


@dataclass(frozen=True, slots=True)
class Steps:
    """For whoever was permitted to add to the collection. Each method raises `IndexUnavailable`."""

    documents: Documents
    drafts: Drafts
    queue: Queue

    async def apply(
        self, principal: Principal, collection: Collection, change: Change, on: dt.date | None, ids: Sequence[str]
    ) -> Reasons:
        """Make the change; in a collection that is reviewed it is made in its draft."""
        match change:
            case Change.REMOVE:
                return await self._remove(principal, collection, ids)
            case Change.RETRY:
                return await self._read_again(principal, collection, ids, {DocumentState.FAILED}, NOT_FAILED)
            case Change.REINDEX:
                read = {DocumentState.INDEXED, DocumentState.FAILED}
                return await self._read_again(principal, collection, ids, read, NOT_READ)
            case Change.REPEAL:
                return await self._correct(principal, collection, ids, {"repealed_on": on})
            case Change.CONFIRM:
                return await self._correct(principal, collection, ids, None)
        assert_never(change)

    async def _remove(self, principal: Principal, collection: Collection, ids: Sequence[str]) -> Reasons:
        if await self.drafts.remove(principal, collection, ids) is None:
            documents = self.documents
            removal = Removal(documents.pool, documents.ledger, documents.index)
            await removal.remove(principal, collection.id, ids, collection.allowed_by)
        return {}

    async def _read_again(
        self, principal: Principal, collection: Collection, ids: Sequence[str], wanted: set[DocumentState], why: str
    ) -> Reasons:
        target = await self.drafts.with_copies(collection, ids)
        async with self.documents.pool.connection() as connection:
            rows = await (await connection.execute(queries.LOCK_STATES, [target.id, list(ids)])).fetchall()
            states = {identifier: DocumentState(state) for identifier, state in rows}
            fit = [identifier for identifier, state in states.items() if state in wanted]
            again = Again(self.documents.pool, self.queue)
            jobs = await again.read(connection, target.id, fit)
            read = await _given_to(connection, target, jobs)
            if read:
                details: dict[str, Json] = {
                    "collection_id": str(target.id),
                    "documents": len(read),
                    "rules": [*collection.allowed_by],
                }
                await self.documents.ledger.append(connection, Event(Act.JOB_RETRIED, principal, details))
        unfit = {one: why if one in states else GONE for one in ids if one not in fit}
        return unfit | {one: NO_ORIGINAL for one in fit if one not in read}

    async def _correct(
        self, principal: Principal, collection: Collection, ids: Sequence[str], given: Mapping[str, Any] | None
    ) -> Reasons:
        """`given`: these values; None: what was guessed."""
        target = await self.drafts.with_copies(collection, ids)
        reasons: Reasons = {}
        values: dict[str, Mapping[str, Any]] = {}
        async with self.documents.pool.connection() as connection:
            for identifier in sorted(ids):
                try:
                    document = await self.documents.catalog.locked(connection, target.id, identifier)
                    if wanted := _wanted(document, given):
                        require_days_in_order(replace(document.metadata, **wanted))
                        values[identifier] = wanted
                except DocumentNotFound:
                    reasons[identifier] = GONE
                except (DatesReversed, _Held) as error:
                    reasons[identifier] = str(error)
            await self.documents.put(connection, principal, target, values)
        return reasons


class _Held(Exception):
    """What is known of the document is known from a text that nobody has seen yet."""


def _wanted(document: Document, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is to be said of it; nothing where that holds already."""
    if document.state is DocumentState.QUARANTINED:
        raise _Held(HELD)
    if given is not None:
        return dict(given)
    return {name: getattr(document.metadata, name) for name in document.metadata.guessed & CORRECTABLE}


async def _given_to(connection: Connection, target: Collection, jobs: Sequence[int]) -> set[str]:
    rows = await connection.execute(queries.OF_JOBS, [target.id, list(jobs)])
    return {identifier for (identifier,) in await rows.fetchall()}
