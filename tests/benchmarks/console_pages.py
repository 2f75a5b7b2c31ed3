"""The addresses of the console that are measured: each kind of page, each of its filters and orders, and deep pages."""

import random
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from retrieval.rows import Pool

SEED = 2026

DEEP = "page=200"  # the last one that a list shows of very many rows

DASHBOARD_QUERIES = ("", "?periode=7", "?periode=90", "?periode=365")
COLLECTION_QUERIES = ("", "?tri=-documents", "?tri=passages", "?tri=-import", "?texte=0123", "?signe=paused", "?page=9")
DOCUMENT_QUERIES = (
    "",
    "?etat=failed",
    "?etat=quarantined",
    "?nature=circulaire",
    "?vigueur=repealed",
    "?vigueur=now",
    "?du=2020-01-01&au=2020-02-01",
    "?a-verifier=oui",
    "?texte=retraite",
    "?texte=note-0012345",
    "?texte=nulle-part",
    "?tri=-titre",
    "?tri=nature",
    "?tri=-etat",
    "?tri=date&page=40",
    f"?{DEEP}",
)
JOB_QUERIES = (
    "",
    "?etat=failed",
    "?etat=waiting",
    "?etat=running",
    "?etat=quarantined",
    "?etat=indexed",
    "?motif=mot+de+passe",
    "?tri=collection",
    f"?{DEEP}",
    f"?tri=-collection&{DEEP}",
    f"?etat=indexed&{DEEP}",
    f"?etat=indexed&tri=collection&{DEEP}",
)
QUARANTINE_QUERIES = ("", "?sujet=personal-data", "?depuis=2020-01-01", "?tri=-arrivee&page=5")
SYNC_QUERIES = ("", "?etat=failed", "?etat=running", "?tri=-fin", "?tri=collection&page=9", "?tri=source&page=40")
RUN_QUERIES = ("", "?etat=cancelled", "?tri=collection&page=9", "?page=20")
EVALUATION_QUERIES = ("", "?quoi=answers&etat=finished", "?tri=jeu", "?page=20")


async def addresses(pool: Pool) -> Mapping[str, Sequence[str]]:
    """By part of the console, what is asked for; of collections: the largest, the smallest, and some."""
    async with pool.connection() as connection:

        async def rows_of(query: LiteralString) -> list[Any]:
            return await (await connection.execute(query)).fetchall()

        rows = await rows_of(
            "select collection_id, min(id) from document group by 1 order by count(*) desc, collection_id"
        )
        [(job,)] = await rows_of("select max(job_id) from received")
        [(held,)] = await rows_of("select min(id) from quarantine")
        [(questions,)] = await rows_of("select min(id::text) from question_set")
        [(run,)] = await rows_of("select min(id::text) from evaluation_run where state = 'cancelled'")
    draw = random.Random(SEED)  # noqa: S311
    chosen: list[tuple[UUID, str]] = [rows[0], rows[-1], *draw.sample(rows, 3)]
    large = f"collection={rows[0][0]}"
    return {
        "dashboard": [*DASHBOARD_QUERIES, f"?{large}&periode=365", "/manques"],
        "collections": [f"/collections{query}" for query in COLLECTION_QUERIES],
        "collection": [
            f"/collections/{collection}{below}" for collection, _ in chosen for below in ("", "/acces", "/sources")
        ],
        "documents": [f"/documents{query}" for query in DOCUMENT_QUERIES],
        "documents_of_one": [f"/documents{_with(query, large)}" for query in DOCUMENT_QUERIES],
        "document": [
            f"/collections/{collection}/document?document={document}{tab}"
            for collection, document in chosen
            for tab in ("", "&onglet=versions")
        ],
        "quarantine": [*(f"/quarantaine{query}" for query in QUARANTINE_QUERIES), f"/quarantaine/{held}"],
        "publication": ["/publication"],
        "jobs": [*(f"/travaux{query}" for query in JOB_QUERIES), f"/travaux/{job}"],
        "jobs_of_one": [f"/travaux{_with(query, large)}" for query in JOB_QUERIES],
        "work": [
            *(f"/travaux/synchronisations{query}" for query in (*SYNC_QUERIES, f"?{large}")),
            *(f"/travaux/evaluations{query}" for query in (*RUN_QUERIES, f"?{large}")),
        ],
        "trial": ["/essai"],
        "evaluation": [
            *(f"/evaluation{query}" for query in EVALUATION_QUERIES),
            "/evaluation/jeux",
            f"/evaluation/jeux/{questions}",
            f"/evaluation/{run}",
        ],
        "announcements": ["/annonces", "/annonces?page=10"],
        "tasks": ["/taches"],
        "models": ["/modeles"],
    }


def _with(query: str, more: str) -> str:
    return f"?{more}{query.replace('?', '&')}"
