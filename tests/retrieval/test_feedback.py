"""A question made richer by the first passages."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import Point, SparseVector, Vector
from retrieval.ranking.feedback import MORE_WORDS, PASSAGES, THEIR_WEIGHT, drawn, feedback, widened
from tests.contracts.indexes import A, direction, point
from tests.retrieval.ranked_lists import chunk, listed

places = st.lists(st.tuples(st.integers(0, 20), st.integers(-50, 50)), max_size=20)


def best_first(some: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(some, key=lambda one: -one[1])


@given(places, places)
def test_the_shares_of_at_most_five_passages_add_up_to_one(
    meaning: list[tuple[int, int]], words: list[tuple[int, int]]
) -> None:
    by_meaning, by_words = (
        [listed(f"d{number}", score / 100) for number, score in best_first(some)] for some in (meaning, words)
    )
    shares = feedback(by_meaning, by_words)
    known = {one.id for one in (*by_meaning, *by_words)}
    assert len(shares) == min(PASSAGES, len(known))
    assert shares.keys() <= known
    assert sum(shares.values()) == pytest.approx(1 if known else 0)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_the_same_lists_give_the_same_passages_whatever_the_order_of_equals() -> None:
    equal = [listed(f"d{n}", 1.0) for n in range(20)]
    assert feedback(equal, []) == feedback(equal[::-1], [])
    assert list(feedback(equal, [])) == sorted(one.id for one in equal)[:PASSAGES]


def test_a_passage_near_by_both_counts_more_than_one_near_by_either() -> None:
    meaning = [listed("a", 0.9), listed("both", 0.89), listed("c", 0.2), listed("d", 0.1)]
    words = [listed("e", 9.0), listed("both", 8.9), listed("f", 2.0), listed("g", 1.0)]
    assert next(iter(feedback(meaning, words))) == chunk("both")


def vector(*values: float) -> Vector:
    made = np.array(values, np.float32)
    return made / np.linalg.norm(made)


def passages(*vectors: Vector) -> tuple[list[Point], dict[object, float]]:
    points = [replace(point(A, f"d{n}"), dense=one) for n, one in enumerate(vectors)]
    return points, {one.id: 1 / len(points) for one in points}


@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3).filter(any), min_size=1, max_size=5))
def test_a_question_that_is_drawn_keeps_the_length_one(some: list[list[int]]) -> None:
    points, shares = passages(*(vector(*one) for one in some))
    found = drawn(vector(1, 0, 0), points, shares)  # type: ignore[arg-type]
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
    assert found.dtype == np.float32


def test_a_question_is_drawn_towards_the_passages_by_their_shares() -> None:
    near, far = replace(point(A, "near"), dense=direction(1)), replace(point(A, "far"), dense=direction(2))
    found = drawn(direction(0), [near, far], {near.id: 0.75, far.id: 0.25})
    assert found[:3] == pytest.approx(np.array([0.3, 0.525, 0.175]) / np.linalg.norm([0.3, 0.525, 0.175]), abs=1e-5)


def test_passages_that_leave_nothing_of_a_question_leave_it_as_it_is() -> None:
    # Their mean is three sevenths of its opposite: what is drawn would have no direction.
    opposite = replace(point(A, "a"), dense=-direction(0))
    found = drawn(direction(0), [opposite], {opposite.id: 3 / 7})
    assert found == pytest.approx(direction(0))


def words(**weights: float) -> SparseVector:
    return SparseVector(tuple(map(ord, weights)), tuple(weights.values()))


def test_the_words_of_a_question_stay_and_those_of_passages_join_it() -> None:
    one, two = (
        replace(point(A, "one"), sparse=words(a=2.0, b=1.0)),
        replace(point(A, "two"), sparse=words(b=1.0, c=1.0)),
    )
    found = widened(words(a=1.0, z=1.0), [one, two], {one.id: 0.75, two.id: 0.25})
    assert found.indices == (ord("a"), ord("z"), ord("b"), ord("c"))
    assert found.values == pytest.approx((1, 1, THEIR_WEIGHT, THEIR_WEIGHT * 0.25))


@given(
    st.frozensets(st.integers(0, 60), max_size=8),
    st.lists(st.dictionaries(st.integers(0, 60), st.floats(0.01, 3), max_size=50), max_size=5),
)
def test_each_word_is_asked_once_and_others_weigh_less(asked: frozenset[int], read: list[dict[int, float]]) -> None:
    points = [
        replace(point(A, f"d{n}"), sparse=SparseVector(tuple(one), tuple(one.values()))) for n, one in enumerate(read)
    ]
    question = SparseVector(tuple(sorted(asked)), (1.0,) * len(asked))
    found = widened(question, points, {one.id: 1 / len(points) for one in points})
    assert len(set(found.indices)) == len(found.indices) == len(found.values)
    assert (found.indices[: len(asked)], found.values[: len(asked)]) == (question.indices, question.values)
    assert len(found.indices) <= len(asked) + MORE_WORDS
    assert all(0 < weight <= THEIR_WEIGHT + 1e-9 for weight in found.values[len(asked) :])


def test_without_passages_a_question_stays_as_it_is() -> None:
    question = words(a=1.0)
    assert feedback([], []) == {}
    assert widened(question, [], {}) == question
    assert widened(SparseVector((), ()), [], {}) == SparseVector((), ())
