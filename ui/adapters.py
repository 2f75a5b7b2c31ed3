"""Every adapter of a process, open: what its services are made of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from assistant.checking.entailment import Judging
from assistant.engines.model_files import ModelFiles
from assistant.evidence import Evidence
from ingestion import BlobSettings, Parts, Queue, open_blobs, open_queue, open_reader
from policies import LivePolicy, PostgresLedger
from retrieval import Catalog, Counting, IndexInUse, OpenSpaces, SparseEncoder
from retrieval.ranking.ranker import Ranker
from retrieval.rerank import Reranking
from retrieval.scratch import sweep
from ui.auditing import Auditing, open_auditing
from ui.database import DatabaseSettings, Pool, open_database
from ui.judging import open_judging
from ui.language_model import evidence, model_files
from ui.limits import parse_limits
from ui.long_work import LongWork, open_long_work
from ui.model_in_use import ModelInUse, open_model_in_use
from ui.observability.rapl import Rapl, open_rapl
from ui.observability.recording import WatchedLedger
from ui.observability.watching import NOT_WATCHING, Watching
from ui.ranking import ranker_of
from ui.reranking import open_reranking
from ui.settings import Settings
from ui.spaces import open_process_spaces


@dataclass(frozen=True, slots=True)
class Adapters:
    """What the settings name, open or read; `watching` is told what is done with it."""

    settings: Settings
    watching: Watching
    policy: LivePolicy
    ledger: PostgresLedger
    catalog: Catalog
    ranker: Ranker | None
    evidence: Evidence | None
    files: ModelFiles
    pool: Pool
    auditing: Auditing
    spaces: OpenSpaces
    parts: Parts
    queue: Queue
    counting: Counting
    rapl: Rapl | None
    model_in_use: ModelInUse
    long_work: LongWork
    reranking: Reranking | None
    judging: Judging | None


@asynccontextmanager
async def open_adapters(settings: Settings, watching: Watching = NOT_WATCHING) -> AsyncIterator[Adapters]:
    """Open every adapter that the settings name, and close them in the opposite order.

    Raises `SettingsInvalid`, `DatabaseUnavailable`, `AuditKeyUnusable`, `EmbeddingModelMissing`, `ModelUnknown`,
    `IndexUnavailable`, `IndexMismatch`, `IndexTooNew`, `RankerInvalid`, `EvidenceInvalid`, `RerankerMissing`,
    `EntailmentMissing`, `DemonstrationMissing`, `RulesInvalid`, `ModelsInvalid`, `BlobsUnavailable`. The language model
    is read at its first use; a reranker's server may be away.
    """
    policy = LivePolicy(settings.rules) if settings.rules else LivePolicy()
    ledger, ranker = WatchedLedger(watching), ranker_of(settings)
    files, thresholds = model_files(settings), evidence(settings)
    async with (
        open_database(database_settings(settings)) as pool,
        open_auditing(settings, pool, ledger) as auditing,
        open_process_spaces(settings, pool, anew=True) as spaces,
        open_parts(settings, pool, spaces, watching) as parts,
        open_queue(pool, deferred=watching.deferred) as queue,
        open_rapl() as rapl,
        open_model_in_use(settings, files, pool, policy, ledger) as model_in_use,
        open_long_work() as long_work,
        open_reranking(settings) as reranking,
        open_judging(settings) as judging,
    ):
        yield Adapters(
            settings=settings,
            watching=watching,
            policy=policy,
            ledger=ledger,
            catalog=Catalog(),
            ranker=ranker,
            evidence=thresholds,
            files=files,
            pool=pool,
            auditing=auditing,
            spaces=spaces,
            parts=parts,
            queue=queue,
            counting=Counting(pool),
            rapl=rapl,
            model_in_use=model_in_use,
            long_work=long_work,
            reranking=reranking,
            judging=judging,
        )


@asynccontextmanager
async def open_parts(
    settings: Settings, pool: Pool, spaces: OpenSpaces, watching: Watching = NOT_WATCHING
) -> AsyncIterator[Parts]:
    """What a worker works with; what one left that was killed goes first."""
    await asyncio.to_thread(sweep)
    async with (
        open_blobs(BlobSettings(settings.blobs or settings.home / "blobs")) as blobs,
        open_reader(parse_limits(settings)) as reader,
    ):
        yield Parts(
            pool=pool,
            catalog=Catalog(),
            ledger=WatchedLedger(watching),
            spaces=spaces,
            sparse=SparseEncoder(),
            index=IndexInUse(spaces),
            blobs=blobs,
            reader=reader,
            watch=watching.steps,
        )


def database_settings(settings: Settings) -> DatabaseSettings:
    """Where PostgreSQL is."""
    return DatabaseSettings(folder=settings.home / "postgres", url=settings.postgres, owner=settings.postgres_owner)
