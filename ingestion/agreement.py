"""Whether the catalogue and the index say the same, and making them.

1. A document that can be found, as the catalogue says, has exactly its chunks in the index, in its version.
2. One that has failed or was kept aside has none, and neither has one that the catalogue does not know.
3. One that waits may have any, and there is a job that reads it.

The index is read first: what a worker writes meanwhile looks like a document that is up to date.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from ingestion import jobs_queries as queries
from ingestion.again import Again
from ingestion.queue import Pool, Queue
from policies import Act, Action, Event, Json, Ledger, Policy, Principal
from retrieval.catalog import Catalog
from retrieval.corpus import DocumentState
from retrieval.index import Index
from retrieval.permission import Permission

PAGE = 1000

Place = tuple[UUID, str]  # collection and document


@dataclass(slots=True)
class Findings:
    """Documents that need something; `points` and `documents` were compared."""

    documents: int = 0
    points: int = 0
    incomplete: list[Place] = field(default_factory=list)
    """Points of the version that can be found are missing, or too many."""
    outdated: list[tuple[Place, int]] = field(default_factory=list)
    """Points of earlier versions than this one are left."""
    orphaned: list[Place] = field(default_factory=list)
    """There should be no points."""
    forsaken: int = 0
    """Documents wait for a job that is not there."""

    @property
    def agree(self) -> bool:
        """Whether nothing is to be done."""
        return not (self.incomplete or self.outdated or self.orphaned or self.forsaken)

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "documents": self.documents,
            "points": self.points,
            "incomplete": len(self.incomplete),
            "outdated": len(self.outdated),
            "orphaned": len(self.orphaned),
            "forsaken": self.forsaken,
        }


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
        findings = await self._compare()
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, _event(Act.INDEX_CHECKED, principal, findings))
        return findings

    async def repair(self, principal: Principal) -> Findings:
        """Compare, remove what should not be there and have the rest read again; gives what was wrong.

        Raises `Refused`, `IndexUnavailable`.
        """
        await self._permission().require_everywhere(principal, Action.INGEST)
        findings = await self._compare()
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

    async def _compare(self) -> Findings:
        findings = Findings()
        found: defaultdict[Place, defaultdict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        async for one in self.index.stored():
            found[one.collection_id, one.document_id][one.version].add(one.ordinal)
            findings.points += 1
        after: Sequence[Any] = [UUID(int=0), ""]
        while rows := await self._documents(after):
            for collection_id, document_id, version, state, points in rows:
                place = (collection_id, document_id)
                _judge(findings, place, version, DocumentState(state), points, found.pop(place, {}))
            findings.documents += len(rows)
            after = rows[-1][:2]
        findings.orphaned += found
        async with self.pool.connection() as connection:
            row = await (await connection.execute(queries.COUNT_FORSAKEN)).fetchone()
        findings.forsaken = row[0] if row else 0
        return findings

    async def _documents(self, after: Sequence[Any]) -> list[Any]:
        async with self.pool.connection() as connection:
            return await (await connection.execute(queries.DOCUMENTS, [*after, PAGE])).fetchall()

    async def _still(
        self, connection: AsyncConnection[Any], outdated: list[tuple[Place, int]]
    ) -> list[tuple[Place, int]]:
        """Those whose version is still that one."""
        states = await _states(connection, [place for place, _ in outdated])
        return [(place, version) for place, version in outdated if states.get(place, (None, 0))[1] == version]

    async def _still_orphaned(self, connection: AsyncConnection[Any], orphaned: list[Place]) -> list[Place]:
        states = await _states(connection, orphaned)
        alive = (DocumentState.PENDING.value, DocumentState.INDEXED.value)
        return [place for place in orphaned if states.get(place, ("", 0))[0] not in alive]


def _judge(
    findings: Findings,
    place: Place,
    version: int,
    state: DocumentState,
    points: int | None,
    found: dict[int, set[int]],
) -> None:
    if state is DocumentState.PENDING:
        return
    if state is not DocumentState.INDEXED:
        findings.orphaned += [place] if found else []
        return
    ordinals = found.get(version, set())
    expected = max(len(ordinals), 1) if points is None else points  # unknown of what was imported long ago
    if ordinals != set(range(expected)) or any(other > version for other in found):
        findings.incomplete.append(place)
    elif any(other < version for other in found):
        findings.outdated.append((place, version))


async def _states(connection: AsyncConnection[Any], places: list[Place]) -> dict[Place, tuple[str, int]]:
    """State and version of these documents, which nobody else changes before the transaction ends."""
    ids = [[collection_id for collection_id, _ in places], [document_id for _, document_id in places]]
    rows = await (await connection.execute(queries.LOCK_STATES, ids)).fetchall()
    return {(collection_id, document_id): (state, version) for collection_id, document_id, state, version in rows}


def _event(act: Act, principal: Principal, findings: Findings) -> Event:
    details: dict[str, Json] = {**findings.counts()}
    return Event(act, principal, details)
