"""The services of a process over a test's stores, without a model, a worker or a second index."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant import Attempts, Conversations, Templates
from ingestion import (
    Again,
    Agreement,
    BlobSettings,
    Ingestion,
    Jobs,
    Originals,
    Parts,
    Renewal,
    Succession,
    open_blobs,
    open_queue,
    open_reader,
)
from policies import LivePolicy, PostgresLedger
from retrieval import Collections, Documents, FacetCounts, Glossary, Lexicons, Quarantine, Search
from tests.retrieval.small_corpus import Corpus
from tests.ui.auditing import auditing_of
from ui.limits import intake_limits, parse_limits, part_limits
from ui.settings import Settings
from ui.sources import sources_of
from ui.text_search import TextSearch


@asynccontextmanager
async def made_services(home: Path, corpus: Corpus, search: Search, **others: Any) -> AsyncIterator[Any]:
    """What `open_services` gives, as far as it needs no model; `others` take the place of some, or are added."""
    settings, pool, catalog = Settings(home=home), corpus.pool, corpus.catalog
    policy, ledger = LivePolicy(), PostgresLedger()
    spaces: Any = search.spaces  # one space, where a process has those that change
    async with (
        open_queue(pool) as queue,
        open_blobs(BlobSettings(home / "blobs")) as blobs,
        open_reader(parse_limits(settings)) as reader,
    ):
        parts = Parts(pool, catalog, ledger, spaces, corpus.sparse, corpus.index, blobs, reader)
        made = {
            "pool": pool,
            "policy": policy,
            "ledger": ledger,
            "auditing": auditing_of(pool, home),
            "catalog": catalog,
            "index": corpus.index,
            "collections": Collections(pool, policy, catalog, ledger),
            "documents": Documents(pool, policy, catalog, ledger, corpus.index),
            "quarantine": Quarantine(pool, policy, catalog, ledger, parts.quarantine, resume=Again(pool, queue).read),
            "attempts": Attempts(pool, policy, catalog, ledger),
            "lexicons": Lexicons(pool),
            "glossary": Glossary(pool, policy, ledger),
            "search": search,
            "texts": TextSearch(search, FacetCounts(pool, search)),
            "queue": queue,
            "jobs": Jobs(pool, policy, catalog, ledger, corpus.index, queue),
            "agreement": Agreement(pool, policy, catalog, ledger, corpus.index, queue),
            "succession": Succession(pool, policy, catalog, ledger, spaces),
            "renewal": Renewal(pool, policy, catalog, ledger, blobs, queue),
            "ingestion": Ingestion(
                pool=pool,
                policy=policy,
                catalog=catalog,
                ledger=ledger,
                blobs=blobs,
                queue=queue,
                reader=reader,
                limits=intake_limits(settings),
                part_limits=part_limits(settings),
            ),
            "sources": sources_of(settings, parts, queue, policy),
            "originals": Originals(pool, blobs, reader),
            "templates": Templates(pool, policy, ledger),
            "conversations": Conversations(ledger),
            "parts": parts,
        }
        yield SimpleNamespace(**made | others)
