"""After a restore: what was erased since the backup was made goes again, before anybody can find it.

What went is told by keyed hashes (`policies.audit.erasures`): those of everything that was restored are compared with
them. Each act goes the way that it went the first time, and leaves its record again, so that it is listed for the next
restore too.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from ingestion.erasure import erase
from ingestion.sweeping import sweep
from policies import Act, Event, Json, Principal
from policies.audit.erasures import Erased, Erasures
from retrieval import collection_table as table
from retrieval.catalog_rows import collection_of
from retrieval.collection_events import collection_event
from retrieval.removal import Removal
from retrieval.rows import all_rows, one_row
from ui.privacy.erasure import Erasure
from ui.privacy.person import Known
from ui.restore import queries
from ui.services import Services

RESTORED = "restored"  # the reason in their records


@dataclass(frozen=True, slots=True)
class ErasingAgain:
    """Erases for `principal` in a database that nobody else uses."""

    services: Services
    people: Erasure
    erasures: Erasures
    principal: Principal

    async def erase(self, listed: Sequence[Erased]) -> dict[str, int]:
        """All of these that there are; gives how many of each kind.

        Raises `LedgerUnavailable`, `IndexUnavailable`, `BlobsUnavailable`.
        """
        counts = Counter[str]()
        counts["people"] = await self._people(listed)
        counts["documents"] = await self._documents(listed)
        counts["files"] = await self._files(listed)
        counts["conversations"] = await self._conversations(listed)
        counts["collections"] = await self._collections(listed)
        services = self.services
        await services.auditing.retaining.apply()
        if not services.index.outdated:
            await erase(services.pool, services.index)
        counts["blobs"] = await sweep(services.pool, services.originals.blobs, older_than=0)
        return dict(counts)

    async def _people(self, listed: Sequence[Erased]) -> int:
        hidden = _hidden(listed, Act.PERSON_ERASED)
        if not hidden:
            return 0
        async with self.services.pool.connection() as connection:
            rows = await all_rows(connection, queries.PEOPLE)
        names = {row["subject"]: row["name"] or row["subject"] for row in rows}
        pseudonyms = self.services.auditing.pseudonyms
        found = [one for one in names if self.erasures.hidden(Act.PERSON_ERASED, one) in hidden]
        for subject in found:
            await self.people.erase(self.principal, Known(subject, names[subject], pseudonyms.of(subject)))
        return len(found)

    async def _documents(self, listed: Sequence[Erased]) -> int:
        hidden, found = _hidden(listed, Act.DOCUMENT_REMOVED), defaultdict[UUID, list[str]](list)
        if hidden:
            async with self.services.pool.connection() as connection, connection.cursor("documents") as cursor:
                await cursor.execute(queries.DOCUMENTS)
                async for collection_id, document_id in cursor:
                    if self.erasures.hidden(Act.DOCUMENT_REMOVED, collection_id, document_id) in hidden:
                        found[collection_id].append(document_id)
        removal = Removal(self.services.pool, self.services.ledger, self.services.index)
        return sum([await removal.remove(self.principal, one, ids) for one, ids in found.items()])

    async def _files(self, listed: Sequence[Erased]) -> int:
        found = await self._found(queries.FILES, Act.FILE_REMOVED, listed)
        for collection_id, file_id in found:
            async with self.services.pool.connection() as connection:
                row = await one_row(connection, queries.DELETE_FILE, [collection_id, file_id])
                of = await one_row(connection, queries.CONVERSATION_OF, [collection_id])
                details: dict[str, Json] = {
                    "conversation": str(of["conversation_id"]) if of else None,
                    "collection_id": str(collection_id),
                    "file": str(file_id),
                    "reason": RESTORED,
                }
                event = Event(Act.FILE_REMOVED, self.principal, details, {"name": row["name"]} if row else {})
                await self.services.ledger.append(connection, event)
        return len(found)

    async def _conversations(self, listed: Sequence[Erased]) -> int:
        found = await self._found(queries.CONVERSATIONS, Act.CONVERSATION_DELETED, listed)
        for (conversation_id,) in found:
            async with self.services.pool.connection() as connection:
                row = await one_row(connection, queries.DELETE_CONVERSATION, [conversation_id])
                details: dict[str, Json] = {"conversation": str(conversation_id), "reason": RESTORED, **(row or {})}
                event = Event(Act.CONVERSATION_DELETED, self.principal, details)
                await self.services.ledger.append(connection, event)
        return len(found)

    async def _collections(self, listed: Sequence[Erased]) -> int:
        """Into the bin, or for good, whichever came last; one that came out of the bin again stays as it is."""
        last = {one.hidden: one.act for one in listed if one.act in _OF_COLLECTIONS}
        async with self.services.pool.connection() as connection:
            rows = await (await connection.execute(queries.COLLECTIONS)).fetchall()
        gone = 0
        for collection_id, binned in rows:
            match last.get(self.erasures.hidden(Act.COLLECTION_DELETED, collection_id)):
                case Act.COLLECTION_PURGED:
                    gone += await self._purge(collection_id)
                case Act.COLLECTION_DELETED if not binned:
                    gone += await self._bin(collection_id)
        return gone

    async def _bin(self, collection_id: UUID) -> int:
        async with self.services.pool.connection() as connection:
            gone = await table.to_bin(connection, collection_id)
            event = collection_event(Act.COLLECTION_DELETED, self.principal, gone)
            await self.services.ledger.append(connection, event)
        return 1

    async def _purge(self, collection_id: UUID) -> int:
        async with self.services.pool.connection() as connection:
            row = await one_row(connection, queries.COLLECTION, [collection_id])
            if row is None:
                return 0
            await table.erase(connection, collection_id)
            event = collection_event(Act.COLLECTION_PURGED, self.principal, collection_of(row), reason=RESTORED)
            await self.services.ledger.append(connection, event)
        return 1

    async def _found(self, query: LiteralString, act: Act, listed: Sequence[Erased]) -> list[tuple[UUID, ...]]:
        """The rows that the query gives which that act is about."""
        hidden = _hidden(listed, act)
        if not hidden:
            return []
        async with self.services.pool.connection() as connection:
            rows = await (await connection.execute(query)).fetchall()
        return [row for row in rows if self.erasures.hidden(act, *row) in hidden]


_OF_COLLECTIONS = frozenset({Act.COLLECTION_DELETED, Act.COLLECTION_RECOVERED, Act.COLLECTION_PURGED})


def _hidden(listed: Sequence[Erased], act: Act) -> set[str]:
    return {one.hidden for one in listed if one.act is act}
