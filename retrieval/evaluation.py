"""Measuring search on questions whose relevant documents are known."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from retrieval import metrics
from retrieval.rows import Pool
from retrieval.search import Search

Measure = Callable[[Sequence[str], frozenset[str], int], float]

# The keys under which figures are reported, and what they are: a measure over the first k documents.
MEASURES: dict[str, tuple[Measure, int]] = {
    **{f"recall@{k}": (metrics.recall, k) for k in (1, 5, 10, 20, 100)},
    **{f"success@{k}": (metrics.success, k) for k in (1, 5, 10)},
    "mrr@10": (metrics.reciprocal_rank, 10),
    "ndcg@10": (metrics.ndcg, 10),
}


class JudgedQuestion(Protocol):
    """A question and the ids of the documents that answer it."""

    @property
    def id(self) -> str: ...

    @property
    def question(self) -> str: ...

    @property
    def relevant(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class EvaluationProgress:
    """So many of the questions have been asked."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Mean figures by key (`recall@20`, `latency_ms_p95`, …); a figure beyond the depth asked for is left out.

    `n` questions count; those without a relevant document say nothing of a ranking and are `skipped`.
    """

    metrics: Mapping[str, float | int]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Asks each question as the principal would, and compares what is found with what is known."""

    pool: Pool
    ledger: Ledger
    search: Search

    async def run(
        self, principal: Principal, questions: Sequence[JudgedQuestion], names: Sequence[str] = (), k: int = 100
    ) -> AsyncIterator[EvaluationProgress | EvaluationReport]:
        """Progress after each question, at last the report, recorded before it is given.

        Documents are ranked by their best chunk, k of them. Raises as `Search.search` does.
        """
        await self.search.permitted(principal, names)
        judged = [question for question in questions if question.relevant]
        rankings: list[Sequence[str]] = []
        latencies: list[float] = []
        for question in judged:
            started = time.perf_counter()
            found = await self.search.find_documents(principal, question.question, names, limit=k)
            latencies.append((time.perf_counter() - started) * 1000)
            rankings.append(list(dict.fromkeys(passage.document_id for passage in found.passages)))
            yield EvaluationProgress(done=len(rankings), total=len(judged))
        relevant = [frozenset(question.relevant) for question in judged]
        figures = _figures(rankings, relevant, k) | _latencies(latencies)
        report = EvaluationReport({"n": len(judged), "skipped": len(questions) - len(judged)} | figures)
        async with self.pool.connection() as connection:
            details: dict[str, Json] = {"searched": list(names), "k": k, "metrics": dict(report.metrics)}
            await self.ledger.append(connection, Event(Act.EVALUATED, principal, details))
        yield report


def _figures(
    rankings: Sequence[Sequence[str]], relevant: Sequence[frozenset[str]], depth: int
) -> dict[str, float | int]:
    return {
        name: sum(measure(ranking, ids, k) for ranking, ids in zip(rankings, relevant, strict=True)) / len(rankings)
        for name, (measure, k) in MEASURES.items()
        if k <= depth and rankings
    }


def _latencies(values: Sequence[float]) -> dict[str, float | int]:
    return {f"latency_ms_p{share}": metrics.percentile(values, share / 100) for share in (50, 95) if values}
