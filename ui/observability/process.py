"""What one process is at: its event loop, its pool of connections, its engines, its disk, its memory."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client import Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from assistant.engines.desk import Standing
from retrieval.rows import Pool
from ui.meanwhile import meanwhile
from ui.observability.rapl import Rapl

LAG_EVERY_S = 1.0


class Process(Collector):
    """Looks at the moment of each scrape; nothing is asked of another machine."""

    def __init__(
        self, pool: Pool, home: Path, standings: Callable[[], Sequence[Standing]], rapl: Rapl | None = None
    ) -> None:
        self._pool = pool
        self._home = home
        self._standings = standings
        self._rapl = rapl

    def collect(self) -> Iterator[Metric]:
        """The metrics, of which the registry makes text."""
        stats = self._pool.get_stats()
        size, idle = stats.get("pool_size", 0), stats.get("pool_available", 0)
        connections = GaugeMetricFamily(
            "assistant_database_connections", "Connections of the pool, by what they do.", labels=["state"]
        )
        connections.add_metric(["idle"], idle)
        connections.add_metric(["busy"], size - idle)
        yield connections
        yield GaugeMetricFamily(
            "assistant_database_connections_max", "That the pool may open.", value=stats.get("pool_max", 0)
        )
        yield GaugeMetricFamily(
            "assistant_database_waiting", "Requests for a connection that wait.", value=stats.get("requests_waiting", 0)
        )
        free = shutil.disk_usage(self._home).free if self._home.exists() else 0
        yield GaugeMetricFamily("assistant_disk_free_bytes", "Free where the data folder is.", value=free)
        yield from self._engines()
        if self._rapl is not None:
            yield GaugeMetricFamily(
                "assistant_processors_watts", "That the processors draw, as they say.", value=self._rapl.watts(15) or 0
            )

    def _engines(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("assistant_engine_up", "0: it failed of late and is left alone.", labels=["engine"])
        waiting = GaugeMetricFamily("assistant_engine_waiting", "Who waits for an engine.", labels=["engine"])
        writing = GaugeMetricFamily("assistant_engine_writing", "Answers that are being written.", labels=["engine"])
        for one in self._standings():
            up.add_metric([one.name], float(not one.resting))
            waiting.add_metric([one.name], one.waiting)
            writing.add_metric([one.name], one.making)
        yield from (up, waiting, writing)


@asynccontextmanager
async def lag_measured(lag: Histogram) -> AsyncIterator[None]:
    """Meanwhile it is looked how late the event loop comes to what is due."""
    async with meanwhile(_measure(lag)):
        yield


async def _measure(lag: Histogram) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_EVERY_S
        await asyncio.sleep(LAG_EVERY_S)
        lag.observe(max(0.0, loop.time() - due))
