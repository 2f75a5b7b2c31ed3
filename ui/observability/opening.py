"""Opening what a process tells its operators, by its settings."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector

from assistant.engines.desk import Standing
from retrieval.rows import Pool
from ui.observability.environment import require_own_export
from ui.observability.listener import listening_for_operators
from ui.observability.metrics import Metrics
from ui.observability.process import Process, lag_measured
from ui.observability.rapl import Rapl
from ui.observability.state import Shipped, State
from ui.observability.tracing import open_tracer
from ui.observability.watching import Watching
from ui.settings import Settings

PRODUCT = "assistant"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at when somebody scrapes; `ready` says whether the process can do its work."""

    pool: Pool
    ready: Callable[[], Awaitable[bool]]
    standings: Callable[[], Sequence[Standing]] = tuple
    shipped: Shipped = tuple
    rapl: Rapl | None = None


@asynccontextmanager
async def open_watching(settings: Settings, service: str) -> AsyncIterator[Watching]:
    """What the services of this process tell what they do. Raises `SettingsInvalid`."""
    require_own_export(os.environ)
    metrics = Metrics(CollectorRegistry()) if settings.metrics else None
    async with open_tracer(service, version(PRODUCT), settings.traces, str(settings.traces_ca or "")) as tracer:
        yield Watching(metrics, tracer)


@asynccontextmanager
async def exposed(settings: Settings, watching: Watching, looked: Looked) -> AsyncIterator[str]:
    """Answer scrapes meanwhile, where the settings say; gives the address. Raises `PortTaken`."""
    if (metrics := watching.metrics) is None:
        yield ""
        return
    state = State(looked.pool, looked.shipped)
    metrics.registry.register(state)
    metrics.registry.register(Process(looked.pool, settings.home, looked.standings, looked.rapl))
    ProcessCollector(registry=metrics.registry)
    metrics.build.labels(version(PRODUCT)).set(1)
    async with (
        lag_measured(metrics.lag),
        listening_for_operators(settings.metrics_at, metrics.registry, state.look, looked.ready) as address,
    ):
        yield address
