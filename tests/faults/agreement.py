"""Whether acts and their records are still the same, after a fault."""

import json
from uuid import UUID

from policies import PostgresLedger
from retrieval import Catalog
from ui.database import Pool


async def agree(pool: Pool) -> int:
    """That the catalogue has exactly what the ledger says; gives how many records there are."""
    async with pool.connection() as connection:
        await connection.execute("set transaction isolation level repeatable read")
        records = [record async for record in PostgresLedger().records(connection)]
        held = {one.id for one in await Catalog().collections(connection)}
        [(size,)] = await (await connection.execute("select coalesce(max(size), 0) from ledger_head")).fetchall()
        texts = await (await connection.execute("select record from ledger_content")).fetchall()
    assert [record.index for record in records] == list(range(size))
    told: set[UUID] = set()
    created = []
    for record in records:
        body = json.loads(record.body)
        collection_id = UUID(body["details"]["collection_id"])
        if body["act"] == "collection.created":
            created.append(record.index)
            told.add(collection_id)
        else:
            told.remove(collection_id)
    assert told == held
    assert sorted(index for (index,) in texts) == created
    return len(records)
