"""The evaluation of search on judged questions."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from policies import PostgresLedger, Principal
from retrieval import (
    CollectionNotFound,
    Evaluation,
    EvaluationProgress,
    EvaluationReport,
    IndexUnavailable,
    NothingJudged,
    QuestionTooLong,
    Search,
)
from retrieval.evaluation_run import DescribedDocument
from retrieval.understanding.counting import Counting
from retrieval.understanding.lexicons import Lexicons
from retrieval.understanding.ordinary import load_ordinary_french
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


async def test_what_was_found_is_kept_with_titles_of_what_may_be_read(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    await corpus.collection("Cabinet", {"elsewhere": "Une note de retraite."}, readers=frozenset({"/CAB"}))
    asked = [QUESTIONS[0], replace(QUESTIONS[1], question="L'âge légal de l'art. L. 161-17-2 CSS")]
    *_, report = [step async for step in evaluation.run(agent, asked, k=2)]
    assert isinstance(report, EvaluationReport)
    first, second = report.run.questions
    assert first.ranking[0] == "maternité"
    assert len(first.ranking) == 2
    assert (first.first_rank, first.has_reference, first.has_unknown_word) == (1, False, None)
    assert second.has_reference
    assert report.run.searched == ("Santé",)
    assert report.run.embedding == corpus.embedder.name
    assert report.run.documents["retraite"] == DescribedDocument("retraite", ("Santé",))
    assert report.run.missing == {"elsewhere"}


async def test_a_word_that_neither_texts_nor_ordinary_french_have_is_unknown(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    await Counting(corpus.pool).step()
    lexicons = Lexicons(corpus.pool, load_ordinary_french())
    await lexicons.refresh()
    knowing = replace(evaluation, search=replace(evaluation.search, lexicons=lexicons))
    asked = [QUESTIONS[0], replace(QUESTIONS[1], question="À quel âge part-on à la retraitte ?")]
    *_, report = [step async for step in knowing.run(agent, asked)]
    assert isinstance(report, EvaluationReport)
    assert [one.has_unknown_word for one in report.run.questions] == [False, True]


async def test_a_title_that_waits_for_a_decision_is_not_told(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    async with corpus.pool.connection() as connection:
        await connection.execute("update document set state = 'quarantined' where id = 'prime'")
    asked = [Question("q1", "Combien de temps dure le congé de maternité ?", ("prime",))]
    *_, report = [step async for step in evaluation.run(agent, asked, k=1)]
    assert isinstance(report, EvaluationReport)
    assert report.run.documents["prime"] == DescribedDocument("", ("Santé",))


async def test_beginning_and_figures_are_records_of_one_evaluation(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    async for _ in evaluation.run(agent, QUESTIONS):
        pass
    started, finished = await _records(corpus)
    assert started["act"] == finished["act"] == "evaluation.run"
    assert started["details"]["evaluation"] == finished["details"]["evaluation"]
    assert (started["details"]["phase"], started["details"]["questions"]) == ("started", 2)
    assert (finished["details"]["phase"], finished["details"]["metrics"]["n"]) == ("finished", 2)
    assert "maternité" not in json.dumps([started, finished], ensure_ascii=False)


async def test_an_evaluation_that_breaks_off_leaves_the_record_of_its_beginning(
    evaluation: Evaluation, corpus: Corpus, agent: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise IndexUnavailable

    monkeypatch.setattr(Search, "find_documents", away)
    await corpus.collection("Santé", DOCUMENTS)
    with pytest.raises(IndexUnavailable):
        await anext(evaluation.run(agent, QUESTIONS))
    (record,) = await _records(corpus)
    assert record["details"]["phase"] == "started"


async def test_without_a_relevant_document_there_is_nothing_to_measure(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    with pytest.raises(NothingJudged, match="relevant"):
        await anext(evaluation.run(agent, QUESTIONS[2:]))
    assert await _records(corpus) == []


async def test_no_question_is_asked_where_one_of_them_cannot_be(
    evaluation: Evaluation, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", DOCUMENTS)
    with pytest.raises(QuestionTooLong):
        await anext(evaluation.run(agent, [*QUESTIONS, Question("q4", "a" * 50_000, ("prime",))]))
    assert await _records(corpus) == []


async def test_an_unknown_collection_is_told_before_any_question(evaluation: Evaluation, agent: Principal) -> None:
    with pytest.raises(CollectionNotFound):
        await anext(evaluation.run(agent, QUESTIONS, ["Inconnue"]))


async def _records(corpus: Corpus) -> list[dict[str, Any]]:
    async with corpus.pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]
