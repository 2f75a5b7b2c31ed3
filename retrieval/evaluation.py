"""Measuring search on questions whose relevant documents are known.

Invariants:
1. The beginning of an evaluation is recorded before its first question is asked, its figures before they are given.
2. Titles are those of documents that whoever evaluates may read.
"""

import datetime as dt
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval.corpus import Collection, Document, DocumentState, Passage, Variant
from retrieval.errors import NothingJudged
from retrieval.evaluation_run import DescribedDocument, EvaluatedQuestion, EvaluationRun, JudgedQuestion, Retrieved
from retrieval.figures import figures, latencies
from retrieval.question import validate_question
from retrieval.rows import Pool
from retrieval.search import Found, Search

Predicate = Callable[[str], bool]


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
        asked = self.run.questions
        return {"n": len(asked), "skipped": self.run.skipped} | figures(asked, self.run.k) | latencies(asked)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Asks each question as the principal would, and compares what is found with what is known.

    `has_reference` and `has_unknown_word` tell questions apart that name a legal text, or hold a word that no
    document has; without them nobody looks.
    """

    pool: Pool
    ledger: Ledger
    search: Search
    has_reference: Predicate | None = None
    has_unknown_word: Predicate | None = None

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

        at, embedding = dt.datetime.now(dt.UTC), ""
        evaluated: list[EvaluatedQuestion] = []
        documents: dict[str, DescribedDocument] = {}
        partial: dict[str, None] = {}
        for question in judged:
            started = time.perf_counter()
            found = await self.search.find_documents(principal, question.question, names, limit=k)
            latency = (time.perf_counter() - started) * 1000
            evaluated.append(self._evaluated(question, found, latency))
            _describe(documents, _seen(found))
            embedding = found.embedding
            partial |= dict.fromkeys(found.partial)
            yield EvaluationProgress(done=len(evaluated), total=len(judged))

        _describe(documents, await self._held(collections, evaluated))
        report = EvaluationReport(
            EvaluationRun(
                at=at,
                k=k,
                searched=tuple(one.name for one in collections),
                embedding=embedding,
                skipped=len(questions) - len(judged),
                questions=tuple(evaluated),
                documents=documents,
                partial=tuple(partial),
            )
        )
        finished: dict[str, Json] = {"phase": "finished", "metrics": dict(report.metrics)}
        await self._record(principal, common | finished)
        yield report

    async def _record(self, principal: Principal, details: Mapping[str, Json]) -> None:
        async with self.pool.connection() as connection:
            await self.ledger.append(connection, Event(Act.EVALUATED, principal, details))

    def _evaluated(self, question: JudgedQuestion, found: Found, latency_ms: float) -> EvaluatedQuestion:
        return EvaluatedQuestion(
            id=question.id,
            question=question.question,
            relevant=frozenset(question.relevant),
            found=tuple(_retrieved(passage) for passage in found.passages),
            latency_ms=latency_ms,
            has_reference=self.has_reference and self.has_reference(question.question),
            has_unknown_word=self.has_unknown_word and self.has_unknown_word(question.question),
        )

    async def _held(
        self, collections: Sequence[Collection], evaluated: Iterable[EvaluatedQuestion]
    ) -> list[tuple[str, str, str]]:
        """Of the relevant documents that these collections hold: id, title, collection."""
        wanted = list({id_ for one in evaluated for id_ in one.relevant})
        async with self.pool.connection() as connection:
            return [
                (id_, _title(document), collection.name)
                for collection in collections
                for id_, document in (await self.search.catalog.documents(connection, collection.id, wanted)).items()
            ]


def _retrieved(passage: Passage) -> Retrieved:
    return Retrieved(passage.document_id, passage.score, tuple(one.document_id for one in passage.variants))


def _seen(found: Found) -> list[tuple[str, str, str]]:
    shown: list[Passage | Variant] = [*found.passages]
    shown += [variant for passage in found.passages for variant in passage.variants]
    return [(one.document_id, one.metadata.title, one.collection) for one in shown]


def _title(document: Document) -> str:
    """Of what waits for a decision, no word: its title comes from its text."""
    return "" if document.state is DocumentState.QUARANTINED else document.metadata.title


def _describe(documents: dict[str, DescribedDocument], seen: Iterable[tuple[str, str, str]]) -> None:
    for id_, title, collection in seen:
        known = documents.get(id_, DescribedDocument("", ()))
        names = known.collections if collection in known.collections else (*known.collections, collection)
        documents[id_] = DescribedDocument(known.title or title, names)
