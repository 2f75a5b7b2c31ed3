"""Figures of answers, and what fell."""

import pytest

from assistant.metrics import EvaluatedAnswer, Fall, falls, figures


def _answer(
    relevant: str = "a", cited: str = "a", *, refused: bool = False, supported: int = 1, unsupported: int = 0
) -> EvaluatedAnswer:
    return EvaluatedAnswer(
        set="fiches",
        id="1",
        question="Qui ?",
        relevant=frozenset(relevant.split()),
        extracted=False,
        refused=refused,
        text="",
        supported=supported,
        unsupported=unsupported,
        cited=() if refused else tuple(cited.split()),
        retrieval_ms=20.0,
        first_token_ms=None if refused else 100.0,
        total_ms=300.0,
    )


def test_every_figure_counts_what_it_says() -> None:
    found = figures(
        [
            _answer("a b", "a c", supported=2, unsupported=1),
            _answer("a", "a"),
            _answer("a", refused=True),
            _answer("", refused=True),
            _answer("", "c", supported=1, unsupported=3),
        ]
    )
    assert found["refusal"] == 0.5
    assert found["false_refusal"] == found["refused_unasked"] == pytest.approx(1 / 3)
    assert found["supported"] == 0.5  # of the sentences of three answers
    assert found["citation_precision"] == 0.75
    assert found["citation_recall"] == 0.75
    assert found["first_token_ms_p95"] == 100.0


def test_a_figure_that_says_nothing_is_left_out() -> None:
    assert figures([_answer("", refused=True)]).keys() == {
        "refusal",
        *(f"{name}_ms_p{share}" for name in ("retrieval", "total") for share in (50, 95)),
    }


def test_figures_fall_in_their_own_direction_and_times_do_not_count() -> None:
    before = {"refusal": 0.9, "false_refusal": 0.05, "supported": 0.9, "total_ms_p50": 100.0, "citation_recall": 0.5}
    after = {"refusal": 0.8, "false_refusal": 0.2, "supported": 0.95, "total_ms_p50": 9000.0}
    assert falls(before, after, 0.05) == [Fall("refusal", 0.9, 0.8), Fall("false_refusal", 0.05, 0.2)]
    assert falls(before, after, 0.12) == [Fall("false_refusal", 0.05, 0.2)]
    assert falls(before, before, 0.0) == []
