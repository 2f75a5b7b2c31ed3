"""Scores of different lists, made comparable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.standing import BEST, HIGHEST, Floats, numbered, standing

# Whole numbers: no two of them are nearly equal.
scores = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=2 * BEST).map(
    lambda some: sorted(some, reverse=True)
)
unequal = scores.filter(lambda some: some[0] != some[:BEST][-1])


def stand(some: list[float], *, others: int = 0, is_whole: bool = False) -> Floats:
    """Of a list's entries, each of another thing, and of others that are not in it."""
    return standing(np.arange(len(some)), np.array(some), len(some) + others, is_whole=is_whole)


@given(scores)
def test_the_order_is_kept(some: list[float]) -> None:
    values = stand(some).tolist()
    assert values == sorted(values, reverse=True)


@given(unequal.filter(lambda some: stand(some).max() < HIGHEST))
def test_the_best_hundred_have_mean_zero_and_deviation_one(some: list[float]) -> None:
    head = stand(some)[:BEST]
    assert np.mean(head) == pytest.approx(0, abs=1e-9)
    assert np.std(head) == pytest.approx(1)


@given(scores)
def test_what_is_not_listed_stands_above_none_of_the_best_hundred(some: list[float]) -> None:
    *listed, other = stand(some, others=1)
    assert all(other <= one for one in listed[:BEST])


@given(unequal, st.floats(0.01, 100), st.floats(-100, 100))
def test_the_unit_and_the_zero_of_scores_make_no_difference(some: list[float], unit: float, zero: float) -> None:
    one, other = stand(some, others=1), stand([unit * score + zero for score in some], others=1)
    assert other == pytest.approx(one, abs=1e-6)


def test_only_the_best_score_of_each_counts() -> None:
    repeated = standing(np.array([0, 0, 1, 1]), np.array([3.0, 2.0, 1.0, 0.0]), 2)
    assert repeated.tolist() == stand([3.0, 1.0]).tolist()


def test_where_all_are_equal_all_stand_at_zero() -> None:
    assert stand([2.0, 2.0], others=1).tolist() == [0, 0, 0]


def test_in_an_empty_list_nothing_stands_above_another() -> None:
    assert stand([], others=2).tolist() == [0, 0]


def test_one_that_has_the_word_stands_above_those_that_have_none() -> None:
    has_it, *others = stand([7.0], others=3, is_whole=True)
    assert has_it > 1 > others[0] == others[1] == others[2]


def test_none_stands_higher_than_is_set() -> None:
    assert stand([7.0], others=1000, is_whole=True).max() == HIGHEST


def test_things_are_numbered_as_they_come() -> None:
    things, places = numbered(["b", "a", "b"])
    assert (things, places.tolist()) == (["b", "a"], [0, 1, 0])
