"""An evaluation's questions in parts."""

import pytest

from retrieval.slices import FEW, Axis, length, slices
from tests.retrieval.evaluated import question, run


def _parts(found: list[tuple[Axis, str, list[str]]], axis: Axis) -> dict[str, list[str]]:
    return {value: ids for on, value, ids in found if on is axis}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("congé", "1-3"),
        ("l'employeur et l’employé", "1-3"),
        ("prendre rendez-vous à l'hôpital ?", "4-7"),
        ("art. L. 162-5-3 CSS", "4-7"),
        ("un deux trois quatre cinq six sept", "4-7"),
        ("un deux trois quatre cinq six sept huit", "8-15"),
        ("mot " * 15, "8-15"),
        ("mot " * 16, "16+"),
    ],
)
def test_words_are_counted_as_a_reader_does(words: str, expected: str) -> None:
    assert length(words) == expected


def test_every_question_is_where_its_documents_its_length_and_its_traits_say() -> None:
    evaluated = run(
        [
            question("q1", ["a", "b"], ["a"], words="congé", has_reference=True),
            question("q2", ["b"], ["a"], words="Combien de jours de congé ?", has_reference=False),
            question("q3", ["nowhere"], ["a"], words="congé", has_reference=False),
        ],
        {"a": ("Fiches",), "b": ("Codes", "Archives")},
    )
    found = [(one.axis, one.value, [each.id for each in one.questions]) for one in slices(evaluated)]
    assert _parts(found, Axis.COLLECTION) == {
        "": ["q3"],
        "Archives": ["q1", "q2"],
        "Codes": ["q1", "q2"],
        "Fiches": ["q1"],
    }
    assert _parts(found, Axis.LENGTH) == {"1-3": ["q1", "q3"], "4-7": ["q2"]}
    assert _parts(found, Axis.REFERENCE) == {"with": ["q1"], "without": ["q2", "q3"]}
    assert _parts(found, Axis.UNKNOWN_WORD) == {}


def test_lengths_come_in_their_order() -> None:
    evaluated = run([question(str(n), ["a"], [], words="mot " * n) for n in (20, 10, 5, 1)])
    assert [one.value for one in slices(evaluated) if one.axis is Axis.LENGTH] == ["1-3", "4-7", "8-15", "16+"]


@pytest.mark.parametrize(("n", "few"), [(FEW - 1, True), (FEW, False)])
def test_few_questions_are_told(n: int, few: bool) -> None:
    evaluated = run([question(str(number), ["a"], ["a"]) for number in range(n)])
    assert {one.few for one in slices(evaluated)} == {few}
