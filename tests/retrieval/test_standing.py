"""Scores of different lists, made comparable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.standing import BEST, HIGHEST, Standing, standing

# Whole numbers: no two of them are nearly equal.
scores = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=2 * BEST).map(
    lambda some: sorted(some, reverse=True)
)
unequal = scores.filter(lambda some: some[0] != some[:BEST][-1])


@given(scores)
def test_the_order_is_kept(some: list[float]) -> None:
    stand = standing(enumerate(some))
    values = [stand.of(place) for place in range(len(some))]
    assert values == sorted(values, reverse=True)


@given(unequal.filter(lambda some: max(standing(enumerate(some)).scores.values()) < HIGHEST))
def test_the_best_hundred_have_mean_zero_and_deviation_one(some: list[float]) -> None:
    head = list(standing(enumerate(some)).scores.values())[:BEST]
    assert np.mean(head) == pytest.approx(0, abs=1e-9)
    assert np.std(head) == pytest.approx(1)


@given(scores)
def test_what_is_not_listed_stands_above_none_of_the_best_hundred(some: list[float]) -> None:
    stand = standing(enumerate(some))
    assert stand.of(-1) == stand.floor
    assert all(stand.floor <= stand.of(place) for place in range(min(BEST, len(some))))


@given(unequal, st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_and_the_zero_of_scores_make_no_difference(some: list[float], unit: float, zero: float) -> None:
    one, other = standing(enumerate(some)), standing((place, unit * score + zero) for place, score in enumerate(some))
    assert list(other.scores.values()) == pytest.approx(list(one.scores.values()), abs=1e-6)
    assert other.floor == pytest.approx(one.floor, abs=1e-6)


def test_only_the_best_score_of_each_counts() -> None:
    assert standing([("a", 3.0), ("a", 2.0), ("b", 1.0), ("b", 0.0)]) == standing([("a", 3.0), ("b", 1.0)])


def test_where_all_are_equal_all_stand_at_zero() -> None:
    assert standing([("a", 2.0), ("b", 2.0)]) == Standing({"a": 0.0, "b": 0.0})


def test_in_an_empty_list_nothing_stands_above_another() -> None:
    empty: Standing[str] = standing([])
    assert (empty.of("a"), empty.of("b")) == (0, 0)


def test_one_that_has_the_word_stands_above_those_that_have_none() -> None:
    stand = standing([("has it", 7.0)], without=["has it", "a", "b", "c"])
    assert stand.of("has it") > 1 > stand.of("a") == stand.of("b") == stand.of("c")


def test_none_stands_higher_than_is_set() -> None:
    stand = standing([("has it", 7.0)], without=range(1000))
    assert stand.of("has it") == HIGHEST
