"""Erasing what attached files leave behind.

1. Whatever deletes a conversation deletes its files from the catalogue in the same transaction, and notes there whose
   points are to be erased (deploy/migrations/0018_attachments.sql): from that moment nobody finds or opens them.
2. The note goes after the points: a crash in between has them erased again. Originals are swept when they are a day
   old (`ingestion.sweeping`).
"""

from ingestion import attachment_queries as queries
from ingestion.blobs import A_DAY
from policies import Act, Event, Json, Ledger, Principal
from retrieval.forgetting import forget_collections
from retrieval.index import Index
from retrieval.rows import Pool, all_rows


async def erase(pool: Pool, index: Index) -> int:
    """Take out of the index what is noted; gives of how many conversations. Raises `IndexUnavailable`."""
    async with pool.connection() as connection:
        rows = await all_rows(connection, queries.TO_ERASE)
    noted = [row["collection_id"] for row in rows]
    if noted:
        await forget_collections(pool, index, {row["collection_id"] for row in rows if row["cached"]})
        for collection_id in noted:
            await index.delete(collection_id)
        await index.settle()
        async with pool.connection() as connection:
            await connection.execute(queries.ERASED, [noted])
    return len(noted)


async def sweep_forsaken(pool: Pool, ledger: Ledger, older_than: float = A_DAY) -> int:
    """Remove the files of conversations that never began, attached so many seconds ago; gives of how many."""
    async with pool.connection() as connection:
        rows = await all_rows(connection, queries.FORSAKEN, [older_than])
        for row in rows:
            await connection.execute(queries.DELETE_COLLECTION, [row["id"]])
        for row in rows:
            if row["principal"] is not None:  # else nothing was ever received
                details: dict[str, Json] = {
                    "conversation": str(row["conversation_id"]),
                    "collection_id": str(row["id"]),
                    "files": row["files"],
                    "reason": "conversation never began",
                }
                event = Event(Act.FILE_REMOVED, Principal.of_json(row["principal"]), details)
                await ledger.append(connection, event)
    return len(rows)
