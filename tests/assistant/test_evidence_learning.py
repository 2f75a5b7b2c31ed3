"""Weights learned from questions whose answerability is known."""

import random

import pytest

from assistant.evidence import Signs
from assistant.evidence_learning import Example, learned


def _examples(seed: int, answerable: int = 200, unanswerable: int = 50) -> list[Example]:
    """Similarity tells the two kinds apart but for some; the other signs say nothing."""
    drawn = random.Random(seed)  # noqa: S311  # the same each time
    kinds = [True] * answerable + [False] * unanswerable
    return [
        Example(Signs(drawn.gauss(0.9 if kind else 0.86, 0.01), 0.9, 0.85, drawn.random(), 10.0), kind)
        for kind in kinds
    ]


@pytest.mark.parametrize("refused", [0.0, 0.05, 0.2])
def test_no_more_of_the_answerable_questions_are_refused_than_allowed(refused: float) -> None:
    examples = _examples(1)
    evidence = learned("e5", examples, refused)
    share = sum(evidence.score(one.signs) < 0 for one in examples if one.answerable) / 200
    assert refused - 0.01 <= share <= refused


def test_the_sign_that_tells_them_apart_weighs_most_and_refuses_the_others() -> None:
    evidence = learned("e5", _examples(2), 0.05)
    assert evidence.weights["similarity"] > 0
    assert abs(evidence.weights["nearest"]) < 1e-6  # the same for all
    fresh = _examples(3)
    assert sum(evidence.score(one.signs) < 0 for one in fresh if not one.answerable) > 40


def test_how_many_there_are_of_a_kind_does_not_weigh() -> None:
    once, twice = _examples(4), [one for one in _examples(4) for _ in range(1 if one.answerable else 2)]
    assert learned("e5", once, 0.1).weights == pytest.approx(learned("e5", twice, 0.1).weights, abs=1e-3)


def test_the_threshold_is_set_on_questions_asked_as_usual() -> None:
    usual = _examples(5)
    far = [Example(Signs(0.84, 0.9, 0.85, 0.5, 10.0), answerable=True, usual=False)] * 10
    evidence = learned("e5", [*usual, *far], 0.0)
    assert not any(evidence.score(one.signs) < 0 for one in usual if one.answerable)
    assert all(evidence.score(one.signs) < 0 for one in far)
