"""Documents that were found for questions although words in them speak to a model (see `assistant.injected`).

Invariants:
1. A document is told to who may take it out, that is add to its collection; others do not learn of it.
2. Nothing is told of who asked, nor of what.
3. No list without its record.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, LiteralString
from uuid import UUID

from policies.access import Action, Policy
from policies.audit.event import Act, Event
from policies.audit.ledger import Ledger
from policies.guardrails.instructions import instructions
from policies.principal import Principal
from retrieval.catalog import Catalog
from retrieval.errors import DocumentNotFound
from retrieval.permission import Permission
from retrieval.rows import Connection, Pool, all_rows

MOST_WORDS = 10  # places of one document that are shown

# One row a version of a document. The condition is that of the index in deploy/migrations/0021_attempts.sql.
ATTEMPTS: LiteralString = """
with found as (
    select index, at, convert_from(body, 'UTF8')::json -> 'details' as details
    from ledger_record where position('"suspicious":[{'::bytea in body) > 0
), passages as (
    select index, at, details ->> 'model' is not null as is_asked,
        (one ->> 'collection_id')::uuid as collection_id, one ->> 'document_id' as document_id,
        (one ->> 'version')::int as version, (one ->> 'chunk')::int as chunk
    from found, json_array_elements(details -> 'suspicious') one
)
select collection_id, document_id, version, max(index) as last, min(at) as first_at, max(at) as last_at,
    count(distinct index) as found, count(distinct index) filter (where is_asked) as given,
    array_agg(distinct chunk order by chunk) as chunks
from passages where collection_id = any(%(collections)s)
group by collection_id, document_id, version
having %(before)s::bigint is null or max(index) < %(before)s
order by last desc fetch first (%(limit)s::bigint) rows with ties
"""


@dataclass(frozen=True, slots=True)
class Order:
    """Words that speak to a model; `what` names their kind in French."""

    what: str
    words: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One version of a document, and how often it was found: for so many questions, and so many of them put to a model,
    which did not read these words.
    """

    collection_id: UUID
    collection: str
    document_id: str
    version: int
    chunks: tuple[int, ...]
    found: int
    given: int
    first_at: dt.datetime
    last_at: dt.datetime
    orders: tuple[Order, ...]
    """Its first ones; none where that version is kept no more."""
    last: int
    """The record of the last answer; the next page is `before` it."""

    @property
    def key(self) -> tuple[UUID, str]:
        """Which document it is."""
        return self.collection_id, self.document_id


@dataclass(frozen=True, slots=True)
class Attempts:
    """Reads the records of answers."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger

    async def page(
        self, principal: Principal, names: Sequence[str] = (), before: int | None = None, limit: int = 20
    ) -> list[Attempt]:
        """Those found last come first; `names` are of collections, without them all count.

        A page holds more than `limit` where several were found for its last question.

        Raises `CollectionNotFound` and `Refused` for a name that is given, `LedgerUnavailable`.
        """
        permission = Permission(self.pool, self.policy, self.catalog, self.ledger)
        collections = await permission.collections(principal, Action.INGEST, names)
        called = {one.id: one.name for one in collections}
        values = {"collections": [*called], "before": before, "limit": limit}
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, ATTEMPTS, values)
            attempts = [await self._attempt(connection, called, row) for row in rows]
            event = Event(Act.ATTEMPTS_LISTED, principal, {"documents": len(attempts)})
            await self.ledger.append(connection, event)
        return attempts

    async def _attempt(self, connection: Connection, called: dict[UUID, str], row: dict[str, Any]) -> Attempt:
        collection_id = row["collection_id"]
        try:
            text = await self.catalog.text(connection, collection_id, row["document_id"], row["version"])
            orders = _orders(f"{text.metadata.title}\n{text.text}")
        except DocumentNotFound:
            orders = ()
        chunks = tuple(row.pop("chunks"))
        return Attempt(collection=called[collection_id], chunks=chunks, orders=orders, **row)


def _orders(text: str) -> tuple[Order, ...]:
    found = islice(instructions(text), MOST_WORDS)
    return tuple(Order(one.what, " ".join(text[one.start : one.end].split())) for one in found)
