"""Measuring search on questions whose relevant documents are known.

Invariants:
1. The beginning of an evaluation is recorded before its first question is asked, its figures before they are given.
2. Titles are those of documents that whoever evaluates may read.
"""

import datetime as dt
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.corpus import Collection, Document, DocumentState, Passage, Variant
from retrieval.errors import NothingJudged
from retrieval.evaluation_run import DescribedDocument, EvaluatedQuestion, EvaluationRun, JudgedQuestion, Retrieved
from retrieval.figures import figures, latencies
from retrieval.question import validate_question
from retrieval.references import asked
from retrieval.results import Found
from retrieval.rows import Pool
from retrieval.search import Search
from retrieval.understanding.correcting import doubtful


@dataclass(frozen=True, slots=True)
class EvaluationProgress:
    """So many of the questions have been asked."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """What was found, question by question."""

    run: EvaluationRun

    @property
    def metrics(self) -> Mapping[str, float | int]:
        """Mean figures by key (`recall@20`, `latency_ms_p95`, …); a figure beyond the depth asked for is left out.

        `n` questions count; those without a relevant document say nothing of a ranking and are `skipped`.
        """
        run = self.run
        counts = {"n": len(run.questions), "skipped": run.skipped}
        return counts | figures(run.questions, run.k) | latencies(run.questions)


@dataclass(slots=True)
class _Gathered:
    """What an evaluation has found so far."""

    embedding: str = ""
    questions: list[EvaluatedQuestion] = field(default_factory=list)
    documents: dict[str, DescribedDocument] = field(default_factory=dict)
    partial: dict[str, None] = field(default_factory=dict)

    def take(self, question: EvaluatedQuestion, found: Found) -> None:
        """Add a question and what was found for it."""
        self.embedding = found.embedding
        self.questions.append(question)
        self.describe(_seen(found))
        self.partial |= dict.fromkeys(found.partial)

    def describe(self, seen: Iterable[tuple[str, str, str]]) -> None:
        """Note documents by id, title and collection."""
        for id_, title, collection in seen:
            known = self.documents.get(id_, DescribedDocument("", ()))
            names = known.collections if collection in known.collections else (*known.collections, collection)
            self.documents[id_] = DescribedDocument(known.title or title, names)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Asks each question as the principal would, and compares what is found with what is known."""

    pool: Pool
    ledger: Ledger
    search: Search
    prepare: Callable[[], Awaitable[None]] | None = None
    """What is waited for before the first question."""

    async def run(
        self, principal: Principal, questions: Sequence[JudgedQuestion], names: Sequence[str] = (), k: int = 100
    ) -> AsyncIterator[EvaluationProgress | EvaluationReport]:
        """Progress after each question, at last the report, recorded before it is given.

        Documents are ranked by their best chunk, k of them. Raises `NothingJudged`, and as `Search.search` does.
        """
        judged = [question for question in questions if question.relevant]
        if not judged:
            raise NothingJudged
        for question in judged:  # none is asked where one of them cannot be
            validate_question(question.question)
        collections = await self.search.permitted(principal, names)
        common: dict[str, Json] = {"evaluation": str(uuid4()), "searched": [one.name for one in collections], "k": k}
        begun: dict[str, Json] = {"phase": "started", "questions": len(judged)}
        await self._record(principal, common | begun)
        if self.prepare:
            await self.prepare()

        at, gathered = dt.datetime.now(dt.UTC), _Gathered()
        for question in judged:
            started = time.perf_counter()
            found = await self.search.find_documents(principal, question.question, names, limit=k)
            latency = (time.perf_counter() - started) * 1000
            gathered.take(await self._evaluated(question, found, latency), found)
            yield EvaluationProgress(done=len(gathered.questions), total=len(judged))

        gathered.describe(await self._held(collections, judged))
        run = EvaluationRun(
            at=at,
            k=k,
            searched=tuple(one.name for one in collections),
            embedding=gathered.embedding,
            skipped=len(questions) - len(judged),
            questions=tuple(gathered.questions),
            documents=gathered.documents,
            partial=tuple(gathered.partial),
        )
        report = EvaluationReport(run)
        finished: dict[str, Json] = {"phase": "finished", "metrics": dict(report.metrics)}
        await self._record(principal, common | finished)
        yield report

    async def _record(self, principal: Principal, details: Mapping[str, Json]) -> None:
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.EVALUATED, principal, details))

    async def _evaluated(self, question: JudgedQuestion, found: Found, latency_ms: float) -> EvaluatedQuestion:
        words = question.question
        return EvaluatedQuestion(
            id=question.id,
            question=words,
            relevant=frozenset(question.relevant),
            found=tuple(retrieved(passage) for passage in found.passages),
            latency_ms=latency_ms,
            has_reference=bool(asked(words)),
            has_unknown_word=await self._has_unknown_word(words, found.collections),
        )

    async def _has_unknown_word(self, question: str, collections: Sequence[UUID]) -> bool | None:
        """Whether a word is neither in what was searched nor in ordinary French."""
        if self.search.lexicons is None:
            return None
        return bool(doubtful(question, await self.search.lexicons.of(question, collections)))

    async def _held(
        self, collections: Sequence[Collection], judged: Iterable[JudgedQuestion]
    ) -> list[tuple[str, str, str]]:
        """Of the relevant documents that these collections hold: id, title, collection."""
        wanted = list({id_ for one in judged for id_ in one.relevant})
        async with self.pool.connection() as connection:
            return [
                (id_, _title(document), collection.name)
                for collection in collections
                for id_, document in (await self.search.catalog.documents(connection, collection.id, wanted)).items()
            ]


def retrieved(passage: Passage) -> Retrieved:
    """As evaluations note it."""
    return Retrieved(passage.document_id, passage.score, tuple(one.document_id for one in passage.variants))


def _seen(found: Found) -> list[tuple[str, str, str]]:
    shown: list[Passage | Variant] = [*found.passages]
    shown += [variant for passage in found.passages for variant in passage.variants]
    return [(one.document_id, one.metadata.title, one.collection) for one in shown]


def _title(document: Document) -> str:
    """Of what waits for a decision, no word: its title comes from its text."""
    return "" if document.state is DocumentState.QUARANTINED else document.metadata.title
