"""The evaluation of search on judged questions."""

import json
from dataclasses import dataclass

import pytest

from policies import PostgresLedger, Principal
from retrieval import CollectionNotFound, Evaluation, EvaluationProgress, EvaluationReport, Search
from tests.retrieval.small_corpus import Corpus

DOCUMENTS = {
    "maternité": "Le congé de maternité dure seize semaines.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
    "prime": "La prime d'activité complète les revenus.",
}


@dataclass(frozen=True)
class Question:
    id: str
    question: str
    relevant: tuple[str, ...]


QUESTIONS = [
    Question("q1", "Combien de temps dure le congé de maternité ?", ("maternité",)),
    Question("q2", "À quel âge part-on à la retraite ?", ("retraite", "elsewhere")),
    Question("q3", "Quelle est la météo ?", ()),
]


@pytest.fixture
def evaluation(search: Search, corpus: Corpus) -> Evaluation:
    return Evaluation(pool=corpus.pool, ledger=PostgresLedger(), search=search)


async def test_progress_comes_first_and_the_report_last(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    steps = [step async for step in evaluation.run(agent, QUESTIONS)]
    assert steps[:-1] == [EvaluationProgress(1, 2), EvaluationProgress(2, 2)]
    report = steps[-1]
    assert isinstance(report, EvaluationReport)
    figures = dict(report.metrics)
    assert 0 < figures.pop("latency_ms_p50") <= figures.pop("latency_ms_p95")
    assert figures.pop("ndcg@10") == pytest.approx((1 + 1 / (1 + 1 / 1.584962500721156)) / 2)
    assert figures == {
        "n": 2,
        "skipped": 1,
        **{f"recall@{k}": 0.75 for k in (1, 5, 10, 20, 100)},
        **{f"success@{k}": 1.0 for k in (1, 5, 10)},
        "mrr@10": 1.0,
    }


async def test_figures_deeper_than_what_was_read_are_left_out(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    *_, report = [step async for step in evaluation.run(agent, QUESTIONS, ["santé"], k=5)]
    assert isinstance(report, EvaluationReport)
    assert "recall@5" in report.metrics
    assert "recall@10" not in report.metrics


async def test_an_evaluation_is_one_record(evaluation: Evaluation, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    async for _ in evaluation.run(agent, QUESTIONS):
        pass
    async with corpus.pool.connection() as connection:
        (record,) = [json.loads(record.body) async for record in PostgresLedger().records(connection)]
    assert record["act"] == "evaluation.run"
    assert record["details"]["metrics"]["n"] == 2


async def test_questions_without_relevant_documents_alone_give_no_figures(
    evaluation: Evaluation, agent: Principal
) -> None:
    (report,) = [step async for step in evaluation.run(agent, QUESTIONS[2:])]
    assert isinstance(report, EvaluationReport)
    assert dict(report.metrics) == {"n": 0, "skipped": 1}


async def test_an_unknown_collection_is_told_before_any_question(evaluation: Evaluation, agent: Principal) -> None:
    with pytest.raises(CollectionNotFound):
        await anext(evaluation.run(agent, QUESTIONS, ["Inconnue"]))
