"""The services of a process over a test's stores, without a model, a worker or a second index."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant import (
    AnswerEvaluation,
    Ask,
    Attempts,
    Conversations,
    Engines,
    Guidance,
    ModelFiles,
    Tasks,
    Templates,
)
from assistant.ask import PASSAGES
from assistant.draft import Draft
from assistant.evidence import refused_by
from assistant.examination import Examination
from assistant.figure_reports import FigureReports
from assistant.gaps import Gaps
from ingestion import (
    Again,
    Agreement,
    BlobSettings,
    Ingestion,
    JobList,
    Jobs,
    Originals,
    Parts,
    Queue,
    Reception,
    Renewal,
    SuccessionProgress,
    open_blobs,
    open_queue,
)
from ingestion.bulks import Bulks
from ingestion.confined.children import Children
from ingestion.isolation import PARSERS, ParseLimits, Reader
from ingestion.publication.drafts import Drafts
from ingestion.publication.gate import Refusing
from ingestion.publication.service import Publication
from ingestion.uploads import Uploads
from policies import LivePolicy, PostgresLedger
from retrieval import (
    Bin,
    CollectionChanges,
    Collections,
    Documents,
    Evaluation,
    FacetCounts,
    Glossary,
    Lexicons,
    Quarantine,
    QuestionSets,
    Search,
)
from retrieval.document_list import DocumentList
from retrieval.permission import Permission
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from tests.ui.auditing import auditing_of
from ui.announcements import Announcements
from ui.evaluation.conditions import conditions
from ui.evaluation.runs import Evaluations
from ui.figures import Estimates
from ui.limits import intake_limits, parse_limits, part_limits
from ui.long_work import LongWork
from ui.model_in_use import ModelInUse
from ui.models import LanguageModels
from ui.settings import Settings
from ui.sources import sources_of
from ui.text_search import TextSearch
from ui.trials import Trials
from ui.vitals import health_of

SAID = "Le congé de maternité dure seize semaines."
"""What the model of these services says to everything."""


class NoSuccession:
    """No other embedding model is to come."""

    async def progress(self) -> SuccessionProgress:
        return SuccessionProgress("essai")


@asynccontextmanager
async def made_services(home: Path, corpus: Corpus, search: Search, **others: Any) -> AsyncIterator[Any]:
    """What `open_services` gives, as far as it needs no model; `others` take the place of some, or are added."""
    settings, pool, catalog = Settings(home=home), corpus.pool, corpus.catalog
    policy, ledger = LivePolicy(), PostgresLedger()
    spaces: Any = search.spaces  # one space, where a process has those that change
    async with (
        open_queue(pool) as queue,
        open_blobs(BlobSettings(home / "blobs")) as blobs,
        _unhurried(home / "reading", parse_limits(settings)) as reader,
    ):
        parts = Parts(pool, catalog, ledger, spaces, corpus.sparse, corpus.index, blobs, reader)
        reception = Reception(pool, catalog, ledger, blobs, queue, reader, part_limits(settings))
        drafts = Drafts(pool, ledger, corpus.index)
        golden = QuestionSets(pool, policy, catalog, ledger).golden
        documents = Documents(pool, policy, catalog, ledger, corpus.index)
        made = {
            "pool": pool,
            "policy": policy,
            "ledger": ledger,
            "auditing": auditing_of(pool, home),
            "catalog": catalog,
            "index": corpus.index,
            "collections": Collections(pool, policy, catalog, ledger),
            "collection_changes": CollectionChanges(pool, policy, catalog, ledger),
            "bin": Bin(pool, policy, catalog, ledger, corpus.index),
            "documents": documents,
            "document_list": DocumentList(pool, policy, catalog, ledger),
            "uploads": Uploads(pool, policy, catalog, ledger, reception, drafts, intake_limits(settings)),
            "bulks": Bulks(pool, policy, documents, drafts, queue),
            "quarantine": Quarantine(pool, policy, catalog, ledger, parts.quarantine, resume=Again(pool, queue).read),
            "attempts": Attempts(pool, policy, catalog, ledger),
            "lexicons": Lexicons(pool),
            "glossary": Glossary(pool, policy, ledger),
            "announcements": Announcements(pool, policy, ledger),
            "search": search,
            "texts": TextSearch(search, FacetCounts(pool, search)),
            "queue": queue,
            "job_list": JobList(pool, policy, catalog, ledger, queue),
            "jobs": Jobs(pool, policy, catalog, ledger, corpus.index, queue),
            "agreement": Agreement(pool, policy, catalog, ledger, corpus.index, queue),
            "succession": NoSuccession(),
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
            **_figures(home, settings, corpus, search, policy, ledger, queue),
            "publication": Publication(
                pool,
                policy,
                catalog,
                ledger,
                corpus.index,
                search,
                golden,
                Refusing(partial(refused_by, evidence=None), 8),
            ),
            **_measuring(settings, corpus, policy, ledger, search),
        }
        services = SimpleNamespace(**made | others)
        async with services.evaluations.at_work():
            yield services
        await services.long_work.close()


def _measuring(
    settings: Settings, corpus: Corpus, policy: LivePolicy, ledger: PostgresLedger, search: Search
) -> dict[str, Any]:
    """What tries questions and measures, over a model that says the same to everything."""
    pool, model = corpus.pool, engines(Scripted(pieces=(SAID,)))

    def asking(seen: Search, watch: Callable[[Draft], None] | None = None) -> Ask:
        return Ask(seen, model, ledger, pool, watch=watch)

    def trying(tried: Engines, told: Callable[[], Awaitable[str]]) -> Ask:
        return Ask(search, tried, ledger, pool, guidance=told)

    files, guidance = ModelFiles(), Guidance(pool, policy, ledger)
    in_use = ModelInUse(settings, files, pool, policy, ledger, model)
    sets = QuestionSets(pool, policy, corpus.catalog, ledger)
    evaluation, answers = Evaluation(pool, ledger, search), AnswerEvaluation(pool, ledger, asking(search))
    return {
        "question_sets": sets,
        "examination": Examination(pool, policy, ledger, search, asking),
        "evaluation": evaluation,
        "answers": answers,
        "evaluations": Evaluations(
            pool, ledger, sets, evaluation, answers, conditions(search, model, guidance.text, None, PASSAGES)
        ),
        "long_work": LongWork(),
        "models": LanguageModels(files, settings.home / "models", in_use.used_files, pool, policy, ledger),
        "model_in_use": in_use,
        "guidance": guidance,
        "trials": Trials(pool, ledger, in_use, guidance, trying),
        "tasks": Tasks(Templates(pool, policy, ledger), search, model, ledger, pool, guidance=guidance.text),
    }


def _figures(
    home: Path,
    settings: Settings,
    corpus: Corpus,
    search: Search,
    policy: LivePolicy,
    ledger: PostgresLedger,
    queue: Queue,
) -> dict[str, Any]:
    """What counts answers, and looks after the parts of a process."""
    model, pool = engines(Scripted(pieces=(SAID,))), corpus.pool
    reports = FigureReports(Permission(pool, policy, corpus.catalog, ledger))
    return {
        "figure_reports": reports,
        "gaps": Gaps(reports, search.spaces, corpus.sparse.stems),
        "estimates": Estimates.of(settings),
        "health": health_of(settings, pool, corpus.index, corpus.catalog, model, queue, auditing_of(pool, home)),
    }


@asynccontextmanager
async def _unhurried(folder: Path, limits: ParseLimits) -> AsyncIterator[Reader]:
    """A reader whose server is started by the first file, for most pages read none."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    children = Children(PARSERS, folder)
    try:
        yield Reader(limits, children)
    finally:
        await children.close()
