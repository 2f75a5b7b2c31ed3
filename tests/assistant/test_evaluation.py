"""Answers measured on questions whose documents are known."""

from dataclasses import dataclass

import pytest

from assistant import AnswerEvaluation, AnswersRun, NothingAsked
from policies import PostgresLedger, Principal
from retrieval import EvaluationProgress, JudgedSet, Search
from tests.assistant.asking import LEAVE, QUESTION, TRUE, asking, records
from tests.assistant.scripted import Scripted
from tests.retrieval.small_corpus import Corpus


@dataclass(frozen=True)
class Question:
    id: str
    question: str
    relevant: tuple[str, ...] = ()


SETS = [
    JudgedSet("fiches", [Question("1", QUESTION, ("Congé de maternité",))], ["Santé"]),
    JudgedSet("sans", [Question("2", "Qui a peint la Joconde ?")], []),
]


@pytest.fixture
async def evaluation(search: Search, corpus: Corpus) -> AnswerEvaluation:
    await corpus.collection("Santé", LEAVE)
    ask = asking(search, Scripted(pieces=(f"{TRUE} [1].",)), corpus.pool)
    return AnswerEvaluation(corpus.pool, PostgresLedger(), ask)


async def test_a_run_tells_what_was_refused_supported_and_cited(
    evaluation: AnswerEvaluation, agent: Principal, corpus: Corpus
) -> None:
    *progress, run = [step async for step in evaluation.run(agent, SETS)]
    assert isinstance(run, AnswersRun)
    assert progress == [EvaluationProgress(1, 2), EvaluationProgress(2, 2)]
    carried, foreign = run.answers
    assert (carried.refused, carried.supported, carried.unsupported) == (False, 1, 0)
    assert carried.cited == ("Congé de maternité",)
    assert foreign.refused
    assert run.figures["refusal"] == run.figures["supported"] == run.figures["citation_precision"] == 1.0
    assert run.figures["false_refusal"] == 0.0
    assert run.by_set.keys() == {"fiches", "sans"}
    evaluated = [one["details"] for one in await records(corpus.pool) if one["details"].get("of") == "answers"]
    assert [one["phase"] for one in evaluated] == ["started", "finished"]
    assert evaluated[1]["metrics"] == dict(run.figures)


async def test_nothing_is_asked_where_there_is_no_question(evaluation: AnswerEvaluation, agent: Principal) -> None:
    with pytest.raises(NothingAsked, match="--questions"):
        await anext(evaluation.run(agent, [JudgedSet("vide", [], [])]))
