"""All services of a process, as one visible stack."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from assistant import (
    Allowance,
    AnswerEvaluation,
    Ask,
    Attempts,
    CalibratingRefusal,
    Conversations,
    Engines,
    Guidance,
    Tasks,
    Templates,
)
from assistant.draft import Draft
from assistant.evidence import refused_by
from assistant.examination import Examination
from assistant.figure_reports import FigureReports
from assistant.figures import AnswerFigures
from assistant.gaps import Gaps
from ingestion import (
    Again,
    Agreement,
    Attachments,
    BlobSettings,
    Ingestion,
    JobList,
    Jobs,
    Originals,
    Parts,
    Queue,
    Reception,
    Reencoding,
    Renewal,
    Sources,
    Stages,
    Succession,
    open_blobs,
    open_queue,
    open_reader,
)
from ingestion.bulks import Bulks
from ingestion.delays import reason_for
from ingestion.erasure import erase
from ingestion.publication.drafts import Drafts
from ingestion.publication.gate import Refusing
from ingestion.publication.service import Publication
from ingestion.uploads import Uploads
from policies import Act, Event, LivePolicy, PostgresLedger, put_in_force
from retrieval import (
    Bin,
    Calibrating,
    Catalog,
    CollectionChanges,
    Collections,
    Counting,
    Documents,
    Evaluation,
    FacetCounts,
    Fusion,
    Glossary,
    Index,
    IndexInUse,
    Lexicons,
    OpenSpaces,
    Quarantine,
    QuestionSets,
    Search,
    SparseEncoder,
)
from retrieval.document_list import DocumentList
from retrieval.permission import Permission
from retrieval.scratch import sweep
from ui.announcements import Announcements, watched
from ui.auditing import Auditing, open_auditing
from ui.backup.making import Backups
from ui.bulks import going_on
from ui.database import DatabaseSettings, Pool, open_database
from ui.evaluation.conditions import conditions
from ui.evaluation.runs import Evaluations
from ui.figures import Estimates
from ui.figures_daily import counted_daily
from ui.health import Health
from ui.identity import service_principal
from ui.judging import open_judging
from ui.keys import derived, secret_of
from ui.language_model import evidence, model_files
from ui.limits import allowance, intake_limits, parse_limits, part_limits
from ui.long_work import LongWork, open_long_work
from ui.meanwhile import meanwhile
from ui.model_in_use import ModelInUse, open_model_in_use
from ui.models import LanguageModels
from ui.observability.answers import drafted
from ui.observability.asking import WatchedAsk, WatchedTasks
from ui.observability.figures import Power, WatchedFigures
from ui.observability.rapl import Rapl, open_rapl
from ui.observability.recording import WatchedLedger
from ui.observability.watching import NOT_WATCHING, Watching
from ui.observability.work import watched_job
from ui.publishing import carrying_out
from ui.ranking import ranker_of
from ui.reranking import open_reranking
from ui.settings import Settings
from ui.sources import scheduled, sources_of
from ui.spaces import announce, changing, open_process_spaces
from ui.task_texts import TaskTexts
from ui.text_search import TextSearch
from ui.trials import Trials
from ui.vitals import health_of
from ui.vocabulary import counted, counting_words

_log = logging.getLogger(__name__)

# Of 25 pairs of k and weight, the one that is near the best on each set of development questions; the README
# has the figures (`make bench`, retrieval).
FUSION = Fusion(k=2, dense_weight=0.65, candidates=200)


@dataclass(frozen=True, slots=True)
class Services:
    """What the edge calls."""

    pool: Pool
    policy: LivePolicy
    ledger: PostgresLedger
    auditing: Auditing
    catalog: Catalog
    index: Index
    engines: Engines
    models: LanguageModels
    model_in_use: ModelInUse
    guidance: Guidance
    trials: Trials
    long_work: LongWork
    collections: Collections
    collection_changes: CollectionChanges
    bin: Bin
    documents: Documents
    document_list: DocumentList
    uploads: Uploads
    bulks: Bulks
    quarantine: Quarantine
    attempts: Attempts
    lexicons: Lexicons
    glossary: Glossary
    announcements: Announcements
    search: Search
    texts: TextSearch
    evaluation: Evaluation
    question_sets: QuestionSets
    examination: Examination
    evaluations: Evaluations
    calibrating: Calibrating
    answers: AnswerEvaluation
    calibrating_refusal: CalibratingRefusal
    queue: Queue
    jobs: Jobs
    job_list: JobList
    agreement: Agreement
    succession: Succession
    renewal: Renewal
    publication: Publication
    figure_reports: FigureReports
    gaps: Gaps
    estimates: Estimates
    health: Health
    ingestion: Ingestion
    attachments: Attachments
    sources: Sources
    originals: Originals
    ask: WatchedAsk
    templates: Templates
    tasks: Tasks
    task_texts: TaskTexts
    conversations: Conversations
    backups: Backups
    rapl: Rapl | None


@asynccontextmanager
async def open_services(settings: Settings, watching: Watching = NOT_WATCHING) -> AsyncIterator[Services]:
    """Open every adapter that the settings name, and close them in the opposite order; a worker is at work meanwhile.

    Raises `SettingsInvalid`, `DatabaseUnavailable`, `AuditKeyUnusable`, `EmbeddingModelMissing`, `ModelUnknown`,
    `IndexUnavailable`, `IndexMismatch`, `IndexTooNew`, `RankerInvalid`, `EvidenceInvalid`, `RerankerMissing`,
    `EntailmentMissing`, `DemonstrationMissing`, `RulesInvalid`, `ModelsInvalid`, `BlobsUnavailable`. The language model
    is read at its first use; a reranker's server may be away.
    """
    policy = LivePolicy(settings.rules) if settings.rules else LivePolicy()
    ledger, catalog, ranker = WatchedLedger(watching), Catalog(), ranker_of(settings)
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
        sparse, index = parts.sparse, parts.index
        succession = Succession(pool, policy, catalog, ledger, spaces)
        again = Again(pool, queue)
        drafts, documents = Drafts(pool, ledger, index), Documents(pool, policy, catalog, ledger, index)
        bulks = Bulks(pool, policy, documents, drafts, queue)
        lexicons, counting = Lexicons(pool), Counting(pool)
        prepare = partial(counted, counting, lexicons)
        search = Search(
            pool,
            policy,
            catalog,
            ledger,
            spaces,
            sparse,
            FUSION,
            reranking=reranking,
            lexicons=lexicons,
            ranker=ranker,
            watch=watching.steps,
        )
        engines, guidance = model_in_use.engines, Guidance(pool, policy, ledger)
        golden = QuestionSets(pool, policy, catalog, ledger).golden
        refusing = Refusing(partial(refused_by, evidence=thresholds), settings.passages)
        publication = Publication(pool, policy, catalog, ledger, index, search, golden, refusing)
        figures = WatchedFigures(derived(secret_of(settings), b"figures"), Power.of(settings, rapl), watching)
        conversations, templates = Conversations(ledger, figures), Templates(pool, policy, ledger)

        def asking(
            engines: Engines,
            told: Callable[[], Awaitable[str]],
            spending: Allowance | None = None,
            seen: Search = search,
            watch: Callable[[Draft], None] | None = None,
            counted: AnswerFigures | None = None,
        ) -> Ask:
            return Ask(
                seen,
                engines,
                ledger,
                pool,
                evidence=thresholds,
                passages=settings.passages,
                allowance=spending,
                judging=judging,
                guidance=told,
                watch=watch,
                figures=counted,
            )

        def examining(seen: Search, watch: Callable[[Draft], None]) -> Ask:
            return asking(engines, guidance.text, seen=seen, watch=watch)

        evaluation = Evaluation(pool, ledger, search, prepare=prepare)
        answers = AnswerEvaluation(pool, ledger, asking(engines, guidance.text), prepare)
        question_sets = QuestionSets(pool, policy, catalog, ledger)
        conditions_now = conditions(search, engines, guidance.text, thresholds, settings.passages)

        months = auditing.retaining.retention.records
        models = LanguageModels(files, settings.home / "models", model_in_use.used_files, pool, policy, ledger)
        reports = FigureReports(Permission(pool, policy, catalog, ledger), months)
        gaps = Gaps(reports, spaces, sparse.stems)
        health = health_of(settings, pool, index, catalog, engines, queue, auditing)

        async with pool.connection() as connection:
            known = await catalog.all_collection_ids(connection)
        lost = not await index.count(known)  # new, moved or emptied, whoever made it
        started = settings.shown | {
            "rules_in_force": policy.fingerprint,
            "retention_in_force": auditing.retaining.retention.sha256,
        }
        async with pool.connection() as connection:
            if lost:  # what the catalogue takes for indexed is to be imported again
                await catalog.mark_all_pending(connection)
            changed = await put_in_force(connection, policy.source)
            await ledger.append(connection, Event(Act.STARTED, service_principal(), started))
            if changed["changed"]:
                await ledger.append(connection, Event(Act.RULES_LOADED, service_principal(), changed))
        await announce(settings, succession)
        await again.resume()
        if not index.outdated:
            await erase(pool, index)
        services = Services(
            pool=pool,
            policy=policy,
            ledger=ledger,
            auditing=auditing,
            catalog=catalog,
            index=index,
            engines=engines,
            models=models,
            model_in_use=model_in_use,
            guidance=guidance,
            trials=Trials(pool, ledger, model_in_use, guidance, asking),
            long_work=long_work,
            collections=Collections(pool, policy, catalog, ledger),
            collection_changes=CollectionChanges(pool, policy, catalog, ledger),
            bin=Bin(pool, policy, catalog, ledger, index),
            documents=documents,
            document_list=DocumentList(pool, policy, catalog, ledger),
            uploads=Uploads(
                pool=pool,
                policy=policy,
                catalog=catalog,
                ledger=ledger,
                reception=Reception(
                    pool, catalog, ledger, parts.blobs, queue, parts.reader, limits=part_limits(settings)
                ),
                drafts=drafts,
                limits=intake_limits(settings),
            ),
            bulks=bulks,
            quarantine=Quarantine(pool, policy, catalog, ledger, parts.quarantine, resume=again.read),
            attempts=Attempts(pool, policy, catalog, ledger),
            lexicons=lexicons,
            glossary=Glossary(pool, policy, ledger),
            announcements=Announcements(pool, policy, ledger),
            search=search,
            texts=TextSearch(search, FacetCounts(pool, search)),
            evaluation=evaluation,
            question_sets=question_sets,
            examination=Examination(pool, policy, ledger, search, examining, thresholds, settings.passages),
            evaluations=Evaluations(pool, ledger, question_sets, evaluation, answers, conditions_now),
            calibrating=Calibrating(pool, ledger, search, prepare=prepare),
            answers=answers,
            calibrating_refusal=CalibratingRefusal(pool, ledger, search, settings.passages, prepare),
            queue=queue,
            jobs=Jobs(pool, policy, catalog, ledger, index, queue),
            job_list=JobList(pool, policy, catalog, ledger, queue),
            agreement=Agreement(pool, policy, catalog, ledger, index, queue),
            succession=succession,
            renewal=Renewal(pool, policy, catalog, ledger, parts.blobs, queue, publication.drafts),
            publication=publication,
            figure_reports=reports,
            gaps=gaps,
            estimates=Estimates.of(settings),
            health=health,
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
                drafts=publication.drafts,
            ),
            attachments=Attachments(
                pool=pool,
                policy=policy,
                catalog=catalog,
                ledger=ledger,
                index=index,
                queue=queue,
                reception=Reception(
                    pool, catalog, ledger, parts.blobs, queue, parts.reader, limits=part_limits(settings)
                ),
                limits=intake_limits(settings),
                most=settings.attached_files,
            ),
            sources=sources_of(settings, parts, queue, policy),
            originals=Originals(pool, parts.blobs, parts.reader),
            ask=WatchedAsk(
                asking(engines, guidance.text, allowance(settings, pool, ledger), watch=drafted, counted=figures),
                watching,
            ),
            templates=templates,
            tasks=WatchedTasks(
                watching,
                templates,
                search,
                engines,
                ledger,
                pool,
                allowance=allowance(settings, pool, ledger),
                guidance=guidance.text,
                figures=figures,
            ),
            task_texts=TaskTexts(
                reader=parts.reader,
                index=index,
                permission=Permission(pool, policy, catalog, ledger),
                catalog=catalog,
                largest=intake_limits(settings).file,
            ),
            conversations=conversations,
            backups=Backups(
                pool=pool,
                ledger=ledger,
                checkpoints=auditing.checkpoints,
                keys=auditing.keys,
                spaces=spaces,
                blobs=parts.blobs,
                models=models,
                settings=settings,
            ),
            rapl=rapl,
        )
        reencoding = reencoding_of(parts, spaces, queue)
        if settings.worker == "off":
            async with (
                changing(reencoding, works=False),
                counting_words(None, lexicons),
                going_on(bulks),
                services.models.watched(),
                carrying_out(publication.swapping),
                watched(services.announcements),
                counted_daily(gaps),
            ):
                yield services
            return
        async with (
            working(queue, parts, settings.worker_jobs, watching),
            scheduled(services.sources, watching),
            changing(reencoding, works=True),
            counting_words(counting, lexicons),
            going_on(bulks),
            services.models.watched(),
            carrying_out(publication.swapping),
            watched(services.announcements),
            counted_daily(gaps),
        ):
            yield services


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


def reencoding_of(parts: Parts, spaces: OpenSpaces, queue: Queue) -> Reencoding:
    """What lets the next embedding model take the place of the one in use."""
    return Reencoding(
        pool=parts.pool,
        catalog=parts.catalog,
        ledger=parts.ledger,
        queue=queue,
        spaces=spaces,
        principal=service_principal(),
    )


@asynccontextmanager
async def working(queue: Queue, parts: Parts, jobs: int, watching: Watching = NOT_WATCHING) -> AsyncIterator[None]:
    """Have a worker in this process do so many jobs at once; none with 0. The log says so where it ends by itself."""
    if not jobs:
        yield
        return
    stages = Stages(parts)
    do = watched_job(stages.do, watching)
    async with meanwhile(queue.work(do, concurrency=jobs, tidy=stages.tidy)) as work:
        work.add_done_callback(_say_why)
        yield


def _say_why(work: asyncio.Task[None]) -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        _log.error("This process does no more jobs (%s): %s", type(error).__name__, reason_for(error))


def database_settings(settings: Settings) -> DatabaseSettings:
    """Where PostgreSQL is."""
    return DatabaseSettings(folder=settings.home / "postgres", url=settings.postgres, owner=settings.postgres_owner)
