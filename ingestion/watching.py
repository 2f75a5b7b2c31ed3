"""Following the documents of an import until each is found, or has failed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from psycopg.rows import DictRow

from ingestion import reception_queries as queries
from retrieval.corpus import DocumentState
from retrieval.rows import Pool, all_rows

LOOKED_AT = 32  # jobs; they are done about in their order


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document; nothing of all: another import took it over, or it was deleted."""

    name: str
    version: int = 0
    found: bool = False
    held: bool = False
    failure: str = ""


class Watch:
    """The jobs of one import, with the documents of each that were not told yet (their names by id)."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._jobs: dict[int, dict[str, str]] = {}
        self.delay = ""
        """Why the work does not go on for now; empty while it does."""

    def add(self, job: int, documents: dict[str, str]) -> None:
        """Follow these too."""
        self._jobs[job] = dict(documents)

    @property
    def is_over(self) -> bool:
        """Whether everything was told."""
        return not self._jobs

    @property
    def waiting(self) -> int:
        """How many documents were not told yet."""
        return sum(len(documents) for documents in self._jobs.values())

    async def news(self) -> AsyncIterator[Outcome]:
        """What is new since it was asked last."""
        jobs = list(self._jobs)[:LOOKED_AT]
        async with self._pool.connection() as connection:
            rows = await all_rows(connection, queries.PROGRESS, [jobs])
        states = {(row["job_id"], row["id"]): row for row in rows}
        self.delay = next((row["delay"] for row in rows if row["delay"]), "")
        for job in jobs:
            for identifier, name in list(self._jobs[job].items()):
                outcome = _outcome(name, states.get((job, identifier)))
                if outcome is not None:
                    del self._jobs[job][identifier]
                    yield outcome
            if not self._jobs[job]:
                del self._jobs[job]


def _outcome(name: str, row: DictRow | None) -> Outcome | None:
    if row is None:
        return Outcome(name)
    match DocumentState(row["state"]):
        case DocumentState.PENDING:
            return None
        case DocumentState.INDEXED:
            return Outcome(name, row["version"], found=True)
        case DocumentState.QUARANTINED:
            return Outcome(name, row["version"], held=True)
        case _:
            return Outcome(name, row["version"], failure=row["failure"])
