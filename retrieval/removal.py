"""Taking documents out of a collection.

1. Before its points go, a document is no longer said to be found; after they are gone, the catalogue forgets it,
   with its texts and the vectors kept of them, and the ledger says so in the same transaction.
2. After a crash at any step the same removal once more ends the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import LiteralString
from uuid import UUID

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.embedding_cache import forget
from retrieval.forgetting import texts_of
from retrieval.index import Index
from retrieval.rows import Pool

AT_ONCE = 100  # documents

# In the order in which everybody locks documents.
WITHDRAW: LiteralString = """
with held as (
    select collection_id, id from document
    where collection_id = %s and id = any(%s) and state = 'indexed' order by id for update
)
update document d set state = 'pending' from held where d.collection_id = held.collection_id and d.id = held.id
"""

LOCK: LiteralString = """
select id, version from document where collection_id = %s and id = any(%s) order by id for update
"""

DELETE: LiteralString = "delete from document where collection_id = %s and id = any(%s)"


@dataclass(frozen=True, slots=True)
class Removal:
    """Removes for whoever was permitted to."""

    pool: Pool
    ledger: Ledger
    index: Index

    async def remove(
        self, principal: Principal, collection_id: UUID, ids: Sequence[str], allowed_by: Sequence[str] = ()
    ) -> int:
        """Take these documents out of catalogue and index, as these rules allow; gives how many there were.

        Raises `IndexUnavailable`.
        """
        removed, left = 0, iter(ids)
        while some := list(islice(left, AT_ONCE)):
            async with self.pool.connection() as connection:
                await connection.execute(WITHDRAW, [collection_id, some])
            removed += await self._remove(principal, collection_id, some, allowed_by)
        return removed

    async def _remove(
        self, principal: Principal, collection_id: UUID, ids: list[str], allowed_by: Sequence[str]
    ) -> int:
        async with self.pool.connection() as connection:
            held = await (await connection.execute(LOCK, [collection_id, ids])).fetchall()
            texts = [text for one in ids for text in await texts_of(self.index, collection_id, one)]
            for identifier in ids:
                await self.index.delete(collection_id, identifier)
            await self.index.settle()
            await forget(connection, texts)
            await connection.execute(DELETE, [collection_id, ids])
            for identifier, version in held:  # last: who holds the ledger waits for no document
                details: dict[str, Json] = {
                    "collection_id": str(collection_id),
                    "document_id": identifier,
                    "version": version,
                    "rules": [*allowed_by],
                }
                await self.ledger.append(connection, Event(Act.DOCUMENT_REMOVED, principal, details))
        return len(held)
