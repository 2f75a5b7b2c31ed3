"""What the whole is at, as every process can tell it: jobs, documents, the ledger, sessions, sources.

The database is asked every `EVERY_S` at most, however many scrape, documents every `DOCUMENTS_S`. Where it does not
answer, what is known already is told no more: an old figure would look like a good one.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout

from ingestion.queue import READ
from retrieval.rows import Pool, one_row
from ui.observability import state_queries as queries

EVERY_S = 15.0
DOCUMENTS_S = 300.0
PATIENCE_S = 3.0

JOB_STATES = ("todo", "doing", "failed")
DOCUMENT_STATES = ("pending", "indexed", "failed", "quarantined")

# Up to which record each place has all checkpoints, in the order of the settings; 0: this process has not reached it.
Shipped = Callable[[], Sequence[int]]


@dataclass(eq=False)
class State(Collector):
    """Tells what it was told last; `look` asks anew."""

    pool: Pool
    shipped: Shipped = tuple
    _row: dict[str, Any] | None = None
    _documents: dict[str, int] = field(default_factory=dict)
    _reached: Sequence[int] = ()
    _looked_at: float = float("-inf")
    _counted_at: float = float("-inf")
    _looking: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """See that what is told is not older than it may be; within `PATIENCE_S`."""
        if self._looking is None or self._looking.done():
            if time.monotonic() - self._looked_at < EVERY_S:
                return
            self._looking = asyncio.create_task(self._look())
        await asyncio.shield(self._looking)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S), self.pool.connection() as connection:
                reached = [*self.shipped()]
                self._row = await one_row(connection, queries.STATE, {"task": READ, "shipped": reached})
                self._reached = reached
                if time.monotonic() - self._counted_at > DOCUMENTS_S:
                    rows = await (await connection.execute(queries.DOCUMENTS)).fetchall()
                    self._documents, self._counted_at = dict(rows), time.monotonic()
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError):
            self._row = None
        self._looked_at = time.monotonic()

    def collect(self) -> Iterator[Metric]:
        """The metrics, of which the registry makes text."""
        yield _one("state_up", "Whether the database told what the whole is at.", int(self._row is not None))
        if (row := self._row) is None:
            return
        yield _each("jobs", "Batches of documents, by state.", "state", {s: row["jobs"].get(s, 0) for s in JOB_STATES})
        yield _one("jobs_oldest_seconds", "Age of the oldest batch that waits.", row["oldest"])
        documents = {state: self._documents.get(state, 0) for state in DOCUMENT_STATES}
        yield _each("documents", "Documents, by state.", "state", documents)
        yield _one("quarantine_waiting", "Documents that wait for a person's decision.", row["quarantine"])
        yield _one("ledger_records", "Records in the ledger.", row["records"])
        yield _one("ledger_unsigned_records", "Records after the last checkpoint.", row["records"] - row["signed"])
        yield _one("checkpoint_age_seconds", "Since the last checkpoint, or the first record.", row["signed_ago"])
        yield _one("sessions_open", "Sessions of people who signed in.", row["sessions"])
        sources = {"well": row["sources_well"], "failing": row["sources_failing"]}
        yield _each("sources", "Sources, by how they were last synchronised.", "state", sources)
        yield from self._places(row["pending"])

    def _places(self, pending: Sequence[int]) -> Iterator[Metric]:
        reached = {str(n): many for n, (many, to) in enumerate(zip(pending, self._reached, strict=True), start=1) if to}
        yield _each("checkpoints_pending", "Checkpoints that a place lacks, by its number.", "place", reached)
        places = {"configured": len(pending), "reached": len(reached)}
        yield _each("checkpoint_places", "Places of checkpoints; one process of all sends there.", "state", places)


def _one(name: str, said: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"assistant_{name}", said, value=float(value))


def _each(name: str, said: str, label: str, values: dict[str, Any]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"assistant_{name}", said, labels=[label])
    for value, many in values.items():
        family.add_metric([value], float(many))
    return family
