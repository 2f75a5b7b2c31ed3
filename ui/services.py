"""All services of a process, as one visible stack."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

from assistant import E5_SMALL, Ask, Conversations, Engine, EvidenceSettings, Format, LlamaSettings, open_llama
from ingestion import (
    Again,
    Agreement,
    BlobSettings,
    Ingestion,
    Jobs,
    Parts,
    Queue,
    Renewal,
    Sources,
    Stages,
    open_blobs,
    open_queue,
    open_reader,
)
from policies import Act, Event, LivePolicy, PostgresLedger
from retrieval import (
    CachedEmbedder,
    Catalog,
    Collections,
    Documents,
    E5Settings,
    EdgeSettings,
    Embedder,
    Encoding,
    Evaluation,
    Fusion,
    Index,
    Quarantine,
    Search,
    SparseEncoder,
    TransformersSettings,
    VectorSpace,
    open_e5,
    open_edge,
    open_transformers,
)
from ui import demonstration
from ui.database import DatabaseSettings, Pool, open_database
from ui.identity import local_principal
from ui.limits import intake_limits, parse_limits, part_limits
from ui.settings import Settings
from ui.sources import scheduled, sources_of

# Of 25 pairs of k and weight, the one that is near the best on each set of development questions; the README
# has the figures (`make bench`, retrieval).
FUSION = Fusion(k=2, dense_weight=0.65, candidates=200)


@dataclass(frozen=True, slots=True)
class Services:
    """What the edge calls."""

    pool: Pool
    policy: LivePolicy
    ledger: PostgresLedger
    catalog: Catalog
    index: Index
    engine: Engine
    collections: Collections
    documents: Documents
    quarantine: Quarantine
    search: Search
    evaluation: Evaluation
    queue: Queue
    jobs: Jobs
    agreement: Agreement
    renewal: Renewal
    ingestion: Ingestion
    sources: Sources
    ask: Ask
    conversations: Conversations


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open every adapter that the settings name, and close them in the opposite order; a worker is at work meanwhile.

    Raises `DatabaseUnavailable`, `EmbeddingModelMissing`, `IndexUnavailable`, `IndexMismatch`,
    `DemonstrationMissing`, `RulesInvalid`, `BlobsUnavailable`. The language model is read at its first use.
    """
    policy = LivePolicy(settings.rules) if settings.rules else LivePolicy()
    ledger, catalog = PostgresLedger(), Catalog()
    async with (
        open_parts(settings) as parts,
        open_queue(parts.pool) as queue,
        open_engine(settings) as engine,
    ):
        pool, spaces, sparse, index = parts.pool, parts.spaces, parts.sparse, parts.index
        again = Again(pool, queue)
        search = Search(pool, policy, catalog, ledger, spaces, sparse, FUSION)
        conversations = Conversations(ledger)
        async with pool.connection() as connection:
            known = frozenset(collection.id for collection in await catalog.collections(connection))
        lost = not await index.count(known)  # new, moved or emptied, whoever made it
        started = settings.shown | {"rules_in_force": policy.fingerprint}
        async with pool.connection() as connection:
            if lost:  # what the catalogue takes for indexed is to be imported again
                await catalog.mark_all_pending(connection)
            await ledger.append(connection, Event(Act.STARTED, local_principal(), started))
        await again.resume()
        services = Services(
            pool=pool,
            policy=policy,
            ledger=ledger,
            catalog=catalog,
            index=index,
            engine=engine,
            collections=Collections(pool, policy, catalog, ledger, index),
            documents=Documents(pool, policy, catalog, ledger, index),
            quarantine=Quarantine(pool, policy, catalog, ledger, parts.quarantine, resume=again.read),
            search=search,
            evaluation=Evaluation(pool, ledger, search),
            queue=queue,
            jobs=Jobs(pool, policy, catalog, ledger, index, queue),
            agreement=Agreement(pool, policy, catalog, ledger, index, queue),
            renewal=Renewal(pool, policy, catalog, ledger, parts.blobs, queue),
            ingestion=Ingestion(
                pool=pool,
                policy=policy,
                catalog=catalog,
                ledger=ledger,
                blobs=parts.blobs,
                queue=queue,
                reader=parts.reader,
                limits=intake_limits(settings),
                part_limits=part_limits(settings),
            ),
            sources=sources_of(settings, parts, queue, policy),
            ask=Ask(search, engine, ledger, pool, evidence=evidence(settings), passages=settings.passages),
            conversations=conversations,
        )
        if settings.worker == "off":
            yield services
            return
        async with working(queue, parts, settings.worker_jobs), scheduled(services.sources):
            yield services


@asynccontextmanager
async def open_parts(settings: Settings) -> AsyncIterator[Parts]:
    """What a worker works with."""
    async with (
        open_database(database_settings(settings)) as pool,
        open_embedder(settings) as model,
        open_index(settings, model) as index,
        open_blobs(BlobSettings(settings.blobs or settings.home / "blobs")) as blobs,
        open_reader(parse_limits(settings)) as reader,
    ):
        yield Parts(
            pool=pool,
            catalog=Catalog(),
            ledger=PostgresLedger(),
            spaces=VectorSpace(CachedEmbedder(model, pool), index),
            sparse=SparseEncoder(),
            index=index,
            blobs=blobs,
            reader=reader,
        )


@asynccontextmanager
async def working(queue: Queue, parts: Parts, jobs: int) -> AsyncIterator[None]:
    """Have a worker in this process do so many jobs at once; none with 0."""
    if not jobs:
        yield
        return
    stages = Stages(parts)
    work = asyncio.create_task(queue.work(stages.do, concurrency=jobs, tidy=stages.tidy))
    try:
        yield
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def database_settings(settings: Settings) -> DatabaseSettings:
    """Where PostgreSQL is."""
    return DatabaseSettings(folder=settings.home / "postgres", url=settings.postgres)


def open_embedder(settings: Settings) -> AbstractAsyncContextManager[Embedder]:
    """The model in the wheel, or the one in the folder that the settings name."""
    if settings.embedding is None:
        return open_e5(E5Settings())
    return open_transformers(
        TransformersSettings(
            folder=settings.embedding,
            query_prefix=settings.embedding_query_prefix,
            passage_prefix=settings.embedding_passage_prefix,
        )
    )


def evidence(settings: Settings) -> EvidenceSettings:
    """What a question must find before the model is asked: measured for the model in the wheel alone."""
    measured = E5_SMALL if settings.embedding is None else EvidenceSettings()
    return measured if settings.similarity is None else replace(measured, similarity=settings.similarity)


def open_index(settings: Settings, embedder: Embedder) -> AbstractAsyncContextManager[Index]:
    """The engine in this process, or the server that the settings name."""
    encoding = Encoding(embedder.name, embedder.dimension)
    if settings.qdrant:
        from retrieval.qdrant import QdrantSettings, open_qdrant  # its client takes long to import

        return open_qdrant(QdrantSettings(url=settings.qdrant, api_key=settings.qdrant_key, encoding=encoding))
    return open_edge(EdgeSettings(folder=settings.home / "index", encoding=encoding))


def open_engine(settings: Settings) -> AbstractAsyncContextManager[Engine]:
    """The server that the settings name, or a model in this process: theirs or the demonstration one.

    Raises `DemonstrationMissing`.
    """
    if settings.llm:
        from assistant.server import ServerSettings, open_server  # its client takes long to import

        return open_server(ServerSettings(url=settings.llm, model=settings.llm_model, api_key=settings.llm_key))
    return open_llama(
        LlamaSettings(
            model_path=settings.model or demonstration.assemble(settings.home),
            sha256="" if settings.model else demonstration.MODEL_SHA256,
            format=Format(settings.model_format),
            context=settings.model_context,
            threads=settings.model_threads,
        )
    )
