"""What people call a document: its path, at its source or where it was imported from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from retrieval.rows import Pool

# A document of a file that holds others has an id below the file's own. What its source calls it now comes first.
NAMES: LiteralString = """
select given.collection_id, given.id,
    coalesce(e.key || substr(given.id, length(split_part(given.id, '/', 1)) + 1), nullif(r.name, ''), given.id)
from unnest(%s::uuid[], %s::text[]) as given (collection_id, id)
left join (source_entry e join source s on s.id = e.source_id)
    on s.collection_id = given.collection_id and e.document_id = split_part(given.id, '/', 1)
left join received r on r.collection_id = given.collection_id and r.document_id = given.id
"""

Key = tuple[UUID, str]  # a collection and the id of a document there


@dataclass(frozen=True, slots=True)
class Names:
    """Looked up for whoever may know of the documents already."""

    pool: Pool

    async def of(self, keys: Sequence[Key]) -> dict[Key, str]:
        """By key; what nobody has named is called by its id."""
        values = [[collection for collection, _ in keys], [identifier for _, identifier in keys]]
        async with self.pool.connection() as connection:
            found = await (await connection.execute(NAMES, values)).fetchall()
        return {(collection, identifier): name for collection, identifier, name in found}
