"""The end of a publication: every document is where it belongs, and the collection has its readers."""

from ingestion.publication import queries
from ingestion.publication.records import ended
from ingestion.publication.table import PublicationRow, State
from policies import Act, Ledger
from retrieval.corpus import Stage
from retrieval.rows import Connection, one_row


async def end(connection: Connection, ledger: Ledger, publication: PublicationRow) -> None:
    """Say so, in the collection and on record, in the transaction that holds the collection."""
    if publication.state is State.PUBLISHING:
        await _published(connection, ledger, publication)
    else:
        await _rolled_back(connection, ledger, publication)


async def _published(connection: Connection, ledger: Ledger, publication: PublicationRow) -> None:
    readers = publication.readers_after
    await connection.execute(queries.PUBLISHED, [sorted(readers), publication.collection_id])
    await connection.execute(queries.END, [State.PUBLISHED.value, publication.id])
    event = ended(Act.COLLECTION_PUBLISHED, publication, readers, Stage.PUBLISHED.value)
    await ledger.append(connection, event)


async def _rolled_back(connection: Connection, ledger: Ledger, publication: PublicationRow) -> None:
    """Readers that were changed since by other means stay as they are."""
    held = await one_row(connection, queries.LOCK_COLLECTION, [publication.collection_id])
    assert held is not None  # noqa: S101 - whoever calls holds it
    now = frozenset(held["readers"])
    readers = publication.readers_before if now == publication.readers_after else now
    stage = Stage.DRAFT if publication.is_first else Stage.PUBLISHED
    await connection.execute(queries.PULLED_BACK, [stage.value, sorted(readers), publication.collection_id])
    await connection.execute(queries.END, [State.ROLLED_BACK.value, publication.id])
    await ledger.append(connection, ended(Act.COLLECTION_PULLED_BACK, publication, readers, stage.value))
