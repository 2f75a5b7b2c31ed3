"""What traces and metrics cost a question: the whole flow from the question to the recorded answer, with and without.

The model says its hundred words at once, so that what is measured is all that stands around a model: search with the
embedded engine and model of vectors, checks of sentences, the ledger, PostgreSQL. Traces go to a collector over HTTP;
all sides answer in turns, in the same process, in an order that changes with each question.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from assistant import Ask
from policies import Principal, Role
from tests.assistant.scripted import Scripted, engines
from tests.ui.observability.receiving import collecting
from ui.keys import derived
from ui.observability.answers import drafted
from ui.observability.asking import WatchedAsk
from ui.observability.figures import Power, WatchedFigures
from ui.observability.metrics import Metrics
from ui.observability.recording import WatchedLedger
from ui.observability.tracing import open_tracer
from ui.observability.watching import NOT_WATCHING, Watching
from ui.opening import open_services
from ui.services import Services
from ui.settings import Settings

QUESTIONS = 200
WARM = 10

SAID = tuple(f"{word} " for word in ("Le télétravail est ouvert trois jours par semaine aux agents [1]. " * 10).split())
PERSON = Principal("s-mesure", "mesure", frozenset(), frozenset({Role.AGENT, Role.ADMINISTRATEUR}))

Asking = Callable[[str], Awaitable[float]]


async def measure(_: Path, __: Path) -> dict[str, Any]:
    """Milliseconds a question: medians without, with metrics, with traces too, and their ratios; those of a scrape."""
    with TemporaryDirectory() as home, collecting(keep=False) as collector:
        async with (
            open_services(Settings(home=Path(home), aide="off", refusal="off")) as services,
            open_tracer("bench", "0", collector.address) as tracer,
        ):
            await _filled(services, Path(home))
            alone, registry = Metrics(CollectorRegistry()), CollectorRegistry()
            sides = {
                "without": NOT_WATCHING,
                "metrics": Watching(alone),
                "both": Watching(Metrics(registry), tracer),
            }
            asking = {name: _asking(services, watching) for name, watching in sides.items()}
            times: dict[str, list[float]] = {name: [] for name in sides}
            names = list(sides)
            for turn in range(WARM + QUESTIONS):
                first = turn % len(names)
                for name in names[first:] + names[:first]:
                    took = await asking[name](f"Combien de jours de télétravail par semaine, cas {turn} ?")
                    if turn >= WARM:
                        times[name].append(took)
            began = time.perf_counter()
            size = len(generate_latest(registry))
            scrape = time.perf_counter() - began
    medians = {name: statistics.median(one) * 1000 for name, one in times.items()}
    return {
        **{f"{name}_ms": round(one, 2) for name, one in medians.items()},
        "ratio_metrics": round(medians["metrics"] / medians["without"], 3),
        "ratio_both": round(medians["both"] / medians["without"], 3),
        "scrape_ms": round(scrape * 1000, 2),
        "scrape_bytes": size,
        "questions": QUESTIONS,
    }


def _asking(services: Services, watching: Watching) -> Asking:
    """The flow as `ui.services` makes it, over a model that takes no time."""
    power = Power(100.0, None, 1.0, 52.0)
    ask = Ask(
        replace(services.search, watch=watching.steps),
        engines(Scripted(pieces=SAID)),
        WatchedLedger(watching),
        services.pool,
        watch=drafted,
        figures=WatchedFigures(derived(b"mesure" * 6, b"figures"), power, watching),
    )
    watched = WatchedAsk(ask, watching)

    async def asked(question: str) -> float:
        began = time.perf_counter()
        async for _ in watched.ask(PERSON, question):
            pass
        return time.perf_counter() - began

    return asked


async def _filled(services: Services, home: Path) -> None:
    """A collection of twenty notes, indexed."""
    folder = home / "notes"
    folder.mkdir()
    for number in range(20):
        text = f"Note {number}. Le télétravail est ouvert trois jours par semaine aux agents du bureau {number}."
        (folder / f"{number}.txt").write_text(text)
    await services.collections.create(PERSON, "Notes", "", owner="", readers=frozenset())
    async for _ in services.ingestion.ingest(PERSON, "Notes", [folder]):
        pass
