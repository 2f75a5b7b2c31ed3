"""Saying of documents that they cannot be found, and seeing to it that they are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingestion import reception_queries as queries
from ingestion.batch import Waiting
from policies import Act, Event, Json, Ledger, Principal
from retrieval.catalog import Catalog
from retrieval.index import Index
from retrieval.rows import Connection


@dataclass(frozen=True, slots=True)
class Reason:
    """`text` is for people; `kind` for the record, and `details` beside it."""

    text: str
    kind: str
    details: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failing:
    """Runs last in a transaction that holds the documents (`claims.locked`): it writes into the ledger."""

    catalog: Catalog
    ledger: Ledger
    index: Index

    async def fail(
        self,
        connection: Connection,
        documents: Sequence[Waiting],
        reasons: Mapping[str, Reason],
        *,
        by: Principal | None = None,
        retry: bool = False,
    ) -> None:
        """Let these fail, each for its reason (by id): by whoever had it received, or else by that person.

        Their points leave the index, older versions' too. With `retry` importing them again tries again.
        """
        for one in documents:
            await self.index.delete(one.collection_id, one.id)
        if documents:
            await self.index.settle()
        for one in documents:
            reason = reasons[one.id].text
            await self.catalog.mark_failed(connection, one.collection_id, one.id, one.version, reason)
        if retry and documents:
            ids = [one.id for one in documents]
            await connection.execute(queries.RETRY_LATER, [documents[0].collection_id, ids])
        for one in documents:
            await self.ledger.append(connection, _failed(one, by or one.principal, reasons[one.id]))


def _failed(one: Waiting, by: Principal, reason: Reason) -> Event:
    details: dict[str, Json] = {
        "collection_id": str(one.collection_id),
        "document_id": one.id,
        "version": one.version,
        "failure": reason.kind,
    }
    return Event(Act.DOCUMENT_FAILED, by, details | dict(reason.details))
