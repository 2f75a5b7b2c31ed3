"""What the catalogue says is to be found, compared with the points that an index has.

1. A document that can be found, as the catalogue says, has exactly its chunks in the index, in its version.
2. One that has failed or was kept aside has none, and neither has one that the catalogue does not know.
3. One that waits may have any, and there is a job that reads it.

The index is read first: what a worker writes meanwhile looks like a document that is up to date.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ingestion import jobs_queries as queries
from retrieval.corpus import DocumentState
from retrieval.index import Index
from retrieval.rows import Pool

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


async def compare(pool: Pool, index: Index) -> Findings:
    """Every document of the catalogue with every point of the index. Raises `IndexUnavailable`."""
    findings = Findings()
    found: defaultdict[Place, defaultdict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    async for one in index.stored():
        found[one.collection_id, one.document_id][one.version].add(one.ordinal)
        findings.points += 1
    after: Sequence[Any] = [UUID(int=0), ""]
    while rows := await _documents(pool, after):
        for collection_id, document_id, version, state, points in rows:
            place = (collection_id, document_id)
            _judge(findings, place, version, DocumentState(state), points, found.pop(place, {}))
        findings.documents += len(rows)
        after = rows[-1][:2]
    findings.orphaned += found
    async with pool.connection() as connection:
        row = await (await connection.execute(queries.COUNT_FORSAKEN)).fetchone()
    findings.forsaken = row[0] if row else 0
    return findings


def is_whole(ordinals: Collection[int], points: int | None) -> bool:
    """Whether these are all chunks of a version; how many it has is unknown of what was imported long ago."""
    expected = max(len(ordinals), 1) if points is None else points
    return set(ordinals) == set(range(expected)) and len(ordinals) == expected


async def _documents(pool: Pool, after: Sequence[Any]) -> list[Any]:
    async with pool.connection() as connection:
        return await (await connection.execute(queries.DOCUMENTS, [*after, PAGE])).fetchall()


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
    if not is_whole(ordinals, points) or any(other > version for other in found):
        findings.incomplete.append(place)
    elif any(other < version for other in found):
        findings.outdated.append((place, version))
