"""Two kept evaluations side by side: what got worse, over the questions that both asked, and the gate."""

import datetime as dt

import pytest

from assistant import AnswersRun
from assistant.metrics import EvaluatedAnswer
from retrieval import RunsDiffer
from tests.retrieval.evaluated import question, run
from ui.evaluation.comparing import compared


def answer(
    id_: str, *relevant: str, refused: bool = False, cited: tuple[str, ...] = (), wrong: int = 0
) -> EvaluatedAnswer:
    return EvaluatedAnswer(
        set="Accueil",
        id=id_,
        question=f"Question {id_} ?",
        relevant=frozenset(relevant),
        refused=refused,
        extracted=False,
        text="",
        supported=1,
        unsupported=wrong,
        cited=cited,
        retrieval_ms=1,
        first_token_ms=None,
        total_ms=1,
    )


def answers(*told: EvaluatedAnswer) -> AnswersRun:
    return AnswersRun(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "essai", ("Santé",), told)


def test_of_searches_the_questions_that_lost_are_told_and_a_fall_closes_the_gate() -> None:
    before = run([question("a", ["1"], ["1", "2"]), question("b", ["1"], ["1"]), question("c", ["9"], ["9"])])
    after = run([question("a", ["1"], ["2", "1"]), question("b", ["1"], ["1"]), question("d", ["9"], ["9"])])
    told = compared(before, after)
    assert (told.common, told.left_out) == (2, 2)
    assert [(one.id, one.before, one.after) for one in told.worse] == [("a", "rang 1", "rang 2")]
    assert told.better == ()
    assert not told.passes
    assert {fall.figure for fall in told.falls} == {"mrr@10", "ndcg@10"}
    assert compared(before, after, margin=0.5).passes
    assert compared(after, before).passes
    assert [one.id for one in compared(after, before).better] == ["a"]


def test_of_answers_wrong_refusals_and_unverified_sentences_are_worse() -> None:
    before = answers(answer("a", "1", cited=("1",)), answer("b", refused=True), answer("c", "1", cited=("1",)))
    after = answers(answer("a", "1", refused=True), answer("b"), answer("c", "1", cited=("1",), wrong=1))
    told = compared(before, after)
    assert {one.id: (one.before, one.after) for one in told.worse} == {
        "a": ("cite 1 des 1 documents attendus", "refusée à tort"),
        "b": ("refusée, à raison", "répondue, alors qu’aucun document ne répond"),
        "c": ("cite 1 des 1 documents attendus", "cite 1 des 1 documents attendus, 1 phrase(s) non vérifiée(s)"),
    }
    assert {fall.figure for fall in told.falls} == {"refusal", "false_refusal", "supported"}
    assert compared(before, before).passes
    assert compared(before, before).worse == ()


def test_what_has_no_question_in_common_another_depth_or_another_kind_cannot_be_compared() -> None:
    one = run([question("a", ["1"], ["1"])])
    for other in (
        run([question("a", ["2"], ["1"])]),
        run([question("b", ["1"], ["1"])]),
        run([question("a", ["1"], ["1"])], k=5),
        answers(answer("a", "1")),
    ):
        with pytest.raises(RunsDiffer):
            compared(one, other)
