"""An evaluation looked at from all sides."""

from dataclasses import replace

import pytest

from retrieval import RunsDiffer, analyse, require_same_questions
from retrieval.analysis import worst
from retrieval.evaluation_run import EvaluatedQuestion, Retrieved
from tests.retrieval.evaluated import question, run

QUESTIONS = [
    question("q1", ["a"], ["a", "b"]),
    question("q2", ["a", "b"], ["c", "a", "b"]),
    question("q3", ["a"], ["c", "b"]),
]


def test_the_figures_of_three_questions_counted_by_hand() -> None:
    figures = analyse(run(QUESTIONS)).figures
    assert figures["recall@1"].mean == pytest.approx(1 / 3)
    assert figures["recall@5"].mean == pytest.approx(2 / 3)
    assert figures["success@1"].mean == pytest.approx(1 / 3)
    assert figures["mrr@10"].mean == pytest.approx((1 + 1 / 2 + 0) / 3)
    assert figures["mrr@10"].low <= figures["mrr@10"].mean <= figures["mrr@10"].high


def test_a_relevant_document_under_a_variant_of_its_text_is_found_where_it_is_seen() -> None:
    asked = question("q1", ["copy", "twin", "own"], [])
    found = (Retrieved("a", 3.0), Retrieved("current", 2.0, ("old", "copy")), Retrieved("own", 1.0, ("twin", "own")))
    seen = replace(asked, found=found)
    assert seen.ranking == ("a", "copy", "own", "twin")
    assert seen.first_rank == 2
    assert analyse(run([seen])).figures["recall@5"].mean == 1


def test_figures_beyond_the_depth_are_left_out_everywhere() -> None:
    analysis = analyse(run(QUESTIONS, k=5), run(QUESTIONS, k=5))
    expected = {"recall@1", "recall@5", "success@1", "success@5"}
    assert analysis.figures.keys() == expected
    assert all(one.figures.keys() == expected for one in analysis.slices)
    assert analysis.comparison is not None
    assert {one.measure for one in analysis.comparison.differences} == expected


def test_the_worst_come_first_and_the_good_ones_not_at_all() -> None:
    late = question("q4", ["z"], ["a", "b", "c", "z"])
    half = question("q0", ["b", "nowhere"], ["a", "b"])
    asked = run([*QUESTIONS, late, half])
    assert [one.id for one in worst(asked)] == ["q3", "q4", "q0", "q2"]
    assert [one.id for one in worst(asked, count=1)] == ["q3"]


def test_runs_are_compared_question_by_question_in_whatever_order() -> None:
    better = [replace(QUESTIONS[2], found=QUESTIONS[0].found), *QUESTIONS[:2]]
    comparison = analyse(run(better), run(QUESTIONS)).comparison
    assert comparison is not None
    assert all(before.id == after.id for before, after in comparison.pairs)
    (first,) = (one for one in comparison.differences if one.measure == "success@1")
    assert (first.better, first.worse, first.equal) == (1, 0, 2)
    assert first.gain.mean == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "other",
    [
        QUESTIONS[:2],
        [*QUESTIONS[:2], replace(QUESTIONS[2], id="q9")],
        [*QUESTIONS[:2], replace(QUESTIONS[2], question="Autre chose ?")],
        [*QUESTIONS[:2], replace(QUESTIONS[2], relevant=frozenset({"b"}))],
    ],
    ids=["fewer", "another id", "another question", "other documents"],
)
def test_other_questions_are_not_compared(other: list[EvaluatedQuestion]) -> None:
    with pytest.raises(RunsDiffer, match="autres questions"):
        analyse(run(other), run(QUESTIONS))


def test_another_depth_is_not_compared() -> None:
    with pytest.raises(RunsDiffer, match="10 documents par question, et celle-ci en lit 100"):
        require_same_questions(run(QUESTIONS, k=10), QUESTIONS, 100)
