"""Whether the catalogue and the index say the same (`ingestion.comparison`), and making them."""

from dataclasses import dataclass
from itertools import groupby

from ingestion import jobs_queries as queries
from ingestion.again import Again
from ingestion.comparison import Findings, Place, compare
from ingestion.queue import Queue
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import DocumentState
from retrieval.index import Index
from retrieval.permission import Permission
from retrieval.rows import Connection, Pool


@dataclass(frozen=True, slots=True)
class Agreement:
    """For whoever may add to every collection; what was done is recorded."""

    pool: Pool
    policy: Policy
    catalog: Catalog
    ledger: Ledger
    index: Index
    queue: Queue

    async def check(self, principal: Principal) -> Findings:
        """Compare both ways. Raises `Refused`, `IndexUnavailable`."""
        await self._permission().require_everywhere(principal, Action.INGEST)
        findings = await compare(self.pool, self.index)
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, _event(Act.INDEX_CHECKED, principal, findings))
        return findings

    async def repair(self, principal: Principal) -> Findings:
        """Compare, remove what should not be there and have the rest read again; gives what was wrong.

        Raises `Refused`, `IndexUnavailable`.
        """
        await self._permission().require_everywhere(principal, Action.INGEST)
        findings = await compare(self.pool, self.index)
        again = Again(self.pool, self.queue)
        async with self.pool.connection() as connection:  # nobody else changes these documents meanwhile
            for (collection_id, document_id), version in await self._still(connection, findings.outdated):
                await self.index.delete(collection_id, document_id, before=version)
            for collection_id, document_id in await self._still_orphaned(connection, findings.orphaned):
                await self.index.delete(collection_id, document_id)
            for collection_id, places in groupby(findings.incomplete, key=lambda place: place[0]):
                ids = [document_id for _, document_id in places]
                await connection.execute(queries.MAKE_PENDING, [collection_id, ids])
                for document_id in ids:
                    await self.index.delete(collection_id, document_id)
                await again.read(connection, collection_id, ids)
            await self.index.settle()
            await self.ledger.append(connection, _event(Act.INDEX_REPAIRED, principal, findings))
        await again.resume()
        return findings

    def _permission(self) -> Permission:
        return Permission(self.pool, self.policy, self.catalog, self.ledger)

    async def _still(self, connection: Connection, outdated: list[tuple[Place, int]]) -> list[tuple[Place, int]]:
        """Those whose version is still that one."""
        states = await _states(connection, [place for place, _ in outdated])
        return [(place, version) for place, version in outdated if states.get(place, (None, 0))[1] == version]

    async def _still_orphaned(self, connection: Connection, orphaned: list[Place]) -> list[Place]:
        states = await _states(connection, orphaned)
        alive = (DocumentState.PENDING.value, DocumentState.INDEXED.value)
        return [place for place in orphaned if states.get(place, ("", 0))[0] not in alive]


async def _states(connection: Connection, places: list[Place]) -> dict[Place, tuple[str, int]]:
    """State and version of these documents, which nobody else changes before the transaction ends."""
    ids = [[collection_id for collection_id, _ in places], [document_id for _, document_id in places]]
    rows = await (await connection.execute(queries.LOCK_STATES, ids)).fetchall()
    return {(collection_id, document_id): (state, version) for collection_id, document_id, state, version in rows}


def _event(act: Act, principal: Principal, findings: Findings) -> Event:
    details: dict[str, Json] = {**findings.counts()}
    return Event(act, principal, details)
