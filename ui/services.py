"""All services of a process, made of its adapters."""

from collections.abc import Awaitable, Callable
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
    Ingestion,
    JobList,
    Jobs,
    Originals,
    Queue,
    Reception,
    Renewal,
    Sources,
    Succession,
)
from ingestion.bulks import Bulks
from ingestion.publication.drafts import Drafts
from ingestion.publication.gate import Refusing
from ingestion.publication.service import Publication
from ingestion.uploads import Uploads
from policies import LivePolicy, PostgresLedger
from retrieval import (
    Bin,
    Calibrating,
    Catalog,
    CollectionChanges,
    Collections,
    Documents,
    Evaluation,
    FacetCounts,
    Fusion,
    Glossary,
    Index,
    Lexicons,
    Quarantine,
    QuestionSets,
    Search,
)
from retrieval.document_list import DocumentList
from retrieval.permission import Permission
from ui.adapters import Adapters
from ui.announcements import Announcements
from ui.auditing import Auditing
from ui.backup.making import Backups
from ui.database import Pool
from ui.evaluation.conditions import conditions
from ui.evaluation.runs import Evaluations
from ui.figures import Estimates
from ui.health import Health
from ui.keys import derived, secret_of
from ui.limits import allowance, intake_limits, part_limits
from ui.long_work import LongWork
from ui.model_in_use import ModelInUse
from ui.models import LanguageModels
from ui.observability.answers import drafted
from ui.observability.asking import WatchedAsk, WatchedTasks
from ui.observability.figures import Power, WatchedFigures
from ui.observability.rapl import Rapl
from ui.sources import sources_of
from ui.task_texts import TaskTexts
from ui.text_search import TextSearch
from ui.trials import Trials
from ui.vitals import health_of
from ui.vocabulary import counted

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


@dataclass(frozen=True, slots=True)
class _Answerers:
    """Makes what answers questions, from the same passages and by the same checks; each search, engine, allowance and
    watch of it may be another.
    """

    adapters: Adapters
    search: Search

    def __call__(
        self,
        engines: Engines,
        guidance: Callable[[], Awaitable[str]],
        *,
        seen: Search | None = None,
        allowance: Allowance | None = None,
        watch: Callable[[Draft], None] | None = None,
        figures: AnswerFigures | None = None,
    ) -> Ask:
        adapters = self.adapters
        return Ask(
            seen or self.search,
            engines,
            adapters.ledger,
            adapters.pool,
            evidence=adapters.evidence,
            passages=adapters.settings.passages,
            allowance=allowance,
            judging=adapters.judging,
            guidance=guidance,
            watch=watch,
            figures=figures,
        )


def services_of(adapters: Adapters) -> Services:
    """All that the edge calls, over these."""
    settings, watching, pool, ledger = adapters.settings, adapters.watching, adapters.pool, adapters.ledger
    policy, catalog, queue, parts = adapters.policy, adapters.catalog, adapters.queue, adapters.parts
    auditing, index, sparse = adapters.auditing, parts.index, parts.sparse
    basis = (pool, policy, catalog, ledger)
    permission = Permission(*basis)
    drafts, documents = Drafts(pool, ledger, index), Documents(*basis, index)
    bulks = Bulks(pool, policy, documents, drafts, queue)
    lexicons = Lexicons(pool)
    prepare = partial(counted, adapters.counting, lexicons)
    search = _search(adapters, lexicons)
    question_sets = QuestionSets(*basis)
    publication = _publication(adapters, search, question_sets)
    engines, guidance = adapters.model_in_use.engines, Guidance(pool, policy, ledger)
    answerers = _Answerers(adapters, search)
    figures = WatchedFigures(derived(secret_of(settings), b"figures"), Power.of(settings, adapters.rapl), watching)
    conversations, templates = Conversations(ledger, figures), Templates(pool, policy, ledger)
    evaluation = Evaluation(pool, ledger, search, prepare=prepare)
    answers = AnswerEvaluation(pool, ledger, answerers(engines, guidance.text), prepare)
    conditions_now = conditions(search, engines, guidance.text, adapters.evidence, settings.passages)
    models = LanguageModels(
        adapters.files, settings.home / "models", adapters.model_in_use.used_files, pool, policy, ledger
    )
    reports = FigureReports(permission, auditing.retaining.retention.records)

    def examining(seen: Search, watch: Callable[[Draft], None]) -> Ask:
        return answerers(engines, guidance.text, seen=seen, watch=watch)

    return Services(
        pool=pool,
        policy=policy,
        ledger=ledger,
        auditing=auditing,
        catalog=catalog,
        index=index,
        engines=engines,
        models=models,
        model_in_use=adapters.model_in_use,
        guidance=guidance,
        trials=Trials(pool, ledger, adapters.model_in_use, guidance, answerers),
        long_work=adapters.long_work,
        collections=Collections(*basis),
        collection_changes=CollectionChanges(*basis),
        bin=Bin(*basis, index),
        documents=documents,
        document_list=DocumentList(*basis),
        uploads=_uploads(adapters, drafts),
        bulks=bulks,
        quarantine=Quarantine(*basis, parts.quarantine, resume=Again(pool, queue).read),
        attempts=Attempts(*basis),
        lexicons=lexicons,
        glossary=Glossary(pool, policy, ledger),
        announcements=Announcements(pool, policy, ledger),
        search=search,
        texts=TextSearch(search, FacetCounts(pool, search)),
        evaluation=evaluation,
        question_sets=question_sets,
        examination=Examination(pool, policy, ledger, search, examining, adapters.evidence, settings.passages),
        evaluations=Evaluations(pool, ledger, question_sets, evaluation, answers, conditions_now),
        calibrating=Calibrating(pool, ledger, search, prepare=prepare),
        answers=answers,
        calibrating_refusal=CalibratingRefusal(pool, ledger, search, settings.passages, prepare),
        queue=queue,
        jobs=Jobs(*basis, index, queue),
        job_list=JobList(*basis, queue),
        agreement=Agreement(*basis, index, queue),
        succession=Succession(*basis, adapters.spaces),
        renewal=Renewal(*basis, parts.blobs, queue, drafts),
        publication=publication,
        figure_reports=reports,
        gaps=Gaps(reports, adapters.spaces, sparse.stems),
        estimates=Estimates.of(settings),
        health=health_of(settings, pool, index, catalog, engines, queue, auditing),
        ingestion=_ingestion(adapters, drafts),
        attachments=_attachments(adapters),
        sources=sources_of(settings, parts, queue, policy),
        originals=Originals(pool, parts.blobs, parts.reader),
        ask=WatchedAsk(
            answerers(
                engines, guidance.text, allowance=allowance(settings, pool, ledger), watch=drafted, figures=figures
            ),
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
        task_texts=_task_texts(adapters, permission),
        conversations=conversations,
        backups=_backups(adapters, models),
        rapl=adapters.rapl,
    )


def _search(adapters: Adapters, lexicons: Lexicons) -> Search:
    return Search(
        adapters.pool,
        adapters.policy,
        adapters.catalog,
        adapters.ledger,
        adapters.spaces,
        adapters.parts.sparse,
        FUSION,
        reranking=adapters.reranking,
        lexicons=lexicons,
        ranker=adapters.ranker,
        watch=adapters.watching.steps,
    )


def _publication(adapters: Adapters, search: Search, question_sets: QuestionSets) -> Publication:
    refusing = Refusing(partial(refused_by, evidence=adapters.evidence), adapters.settings.passages)
    return Publication(
        adapters.pool,
        adapters.policy,
        adapters.catalog,
        adapters.ledger,
        adapters.parts.index,
        search,
        question_sets.golden,
        refusing,
    )


def _reception(adapters: Adapters) -> Reception:
    parts = adapters.parts
    return Reception(
        adapters.pool,
        adapters.catalog,
        adapters.ledger,
        parts.blobs,
        adapters.queue,
        parts.reader,
        limits=part_limits(adapters.settings),
    )


def _uploads(adapters: Adapters, drafts: Drafts) -> Uploads:
    return Uploads(
        pool=adapters.pool,
        policy=adapters.policy,
        catalog=adapters.catalog,
        ledger=adapters.ledger,
        reception=_reception(adapters),
        drafts=drafts,
        limits=intake_limits(adapters.settings),
    )


def _ingestion(adapters: Adapters, drafts: Drafts) -> Ingestion:
    return Ingestion(
        pool=adapters.pool,
        policy=adapters.policy,
        catalog=adapters.catalog,
        ledger=adapters.ledger,
        blobs=adapters.parts.blobs,
        queue=adapters.queue,
        reader=adapters.parts.reader,
        limits=intake_limits(adapters.settings),
        part_limits=part_limits(adapters.settings),
        drafts=drafts,
    )


def _attachments(adapters: Adapters) -> Attachments:
    return Attachments(
        pool=adapters.pool,
        policy=adapters.policy,
        catalog=adapters.catalog,
        ledger=adapters.ledger,
        index=adapters.parts.index,
        queue=adapters.queue,
        reception=_reception(adapters),
        limits=intake_limits(adapters.settings),
        most=adapters.settings.attached_files,
    )


def _task_texts(adapters: Adapters, permission: Permission) -> TaskTexts:
    return TaskTexts(
        reader=adapters.parts.reader,
        index=adapters.parts.index,
        permission=permission,
        catalog=adapters.catalog,
        largest=intake_limits(adapters.settings).file,
    )


def _backups(adapters: Adapters, models: LanguageModels) -> Backups:
    return Backups(
        pool=adapters.pool,
        ledger=adapters.ledger,
        checkpoints=adapters.auditing.checkpoints,
        keys=adapters.auditing.keys,
        spaces=adapters.spaces,
        blobs=adapters.parts.blobs,
        models=models,
        settings=adapters.settings,
    )
