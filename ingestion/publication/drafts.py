"""Where changes of a collection are made: in it, or in its draft.

1. In a collection that is reviewed and published nothing changes but by publication: what comes, is made anew or is
   corrected goes into its draft, and what is to leave it is noted.
2. The draft is its keepers' alone: no list names it, and its rule opens it to nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingestion.publication.parts import (
    Part,
    draft_of,
    made_part,
    part_id,
    stage_removal,
    takes_drafts,
    unstage_removal,
)
from ingestion.publication.transfer import drop, lock, take
from policies import Act, Event, Json, Ledger, Principal
from retrieval.corpus import Collection
from retrieval.index import Index
from retrieval.rows import Connection, Pool


@dataclass(frozen=True, slots=True)
class Drafts:
    """For whoever was permitted to add to the collection (`retrieval.permission`)."""

    pool: Pool
    ledger: Ledger
    index: Index

    async def target(self, collection: Collection) -> Collection:
        """Where what comes to the collection is received: itself, or its draft."""
        if not takes_drafts(collection):
            return collection
        async with self.pool.connection() as connection:
            return draft_of(collection, await made_part(connection, collection.id, Part.DRAFT))

    async def draft_of(self, collection: Collection) -> Collection | None:
        """The collection's draft, where there is one."""
        async with self.pool.connection() as connection:
            draft = await part_id(connection, collection.id, Part.DRAFT)
        return None if draft is None else draft_of(collection, draft)

    async def with_copies(self, collection: Collection, ids: Sequence[str]) -> Collection:
        """Where these documents are changed: the draft has a copy of each from now on, unless it has another already.

        Raises `IndexUnavailable`.
        """
        target = await self.target(collection)
        if target.id == collection.id:
            return collection
        async with self.pool.connection() as connection:
            held = await lock(connection, (collection.id, target.id), ids)
            found = {id_: one.version for id_, one in held[collection.id].items() if one.is_found}
            copied = {id_: version for id_, version in found.items() if id_ not in held[target.id]}
            await take(connection, self.index, collection.id, target.id, copied)
            await self.index.settle()
            await unstage_removal(connection, collection.id, list(found))
        return target

    async def remove(self, principal: Principal, collection: Collection, ids: Sequence[str]) -> list[str] | None:
        """Have the next publication take these out, and nothing of them wait; gives those of which anything changed.

        None where the collection takes no drafts: then whoever asks removes them.
        """
        if not takes_drafts(collection):
            return None
        discarded = await self.discard(principal, collection, ids)
        async with self.pool.connection() as connection:
            staged = await stage_removal(connection, collection.id, ids)
            await self._record(connection, Act.REMOVAL_STAGED, principal, collection, staged)
        return sorted({*staged, *discarded})

    async def keep(self, principal: Principal, collection: Collection, ids: Sequence[str]) -> list[str]:
        """Let these stay after all; gives those that were to go."""
        async with self.pool.connection() as connection:
            kept = await unstage_removal(connection, collection.id, ids)
            await self._record(connection, Act.REMOVAL_UNSTAGED, principal, collection, kept)
        return kept

    async def discard(self, principal: Principal, collection: Collection, ids: Sequence[str]) -> list[str]:
        """Take these out of the draft; readers find what they found. Gives those that were there."""
        async with self.pool.connection() as connection:
            draft = await part_id(connection, collection.id, Part.DRAFT)
            if draft is None:
                return []
            held = sorted((await lock(connection, [draft], ids))[draft])
            await drop(connection, self.index, draft, held)
            await self.index.settle()
            await self._record(connection, Act.DRAFT_DISCARDED, principal, collection, held)
        return held

    async def _record(
        self, connection: Connection, act: Act, principal: Principal, collection: Collection, ids: Sequence[str]
    ) -> None:
        if ids:
            details: dict[str, Json] = {
                "collection_id": str(collection.id),
                "documents": [*ids],
                "rules": [*collection.allowed_by],
            }
            await self.ledger.append(connection, Event(act, principal, details))


def published(collection: Collection) -> Collection:
    """The collection that a draft is part of, by its identifier; any other is itself."""
    return collection if collection.part_of is None else replace(collection, id=collection.part_of, part_of=None)
