"""What the choice of the questions may explain of a figure or a difference."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import significance
from retrieval.significance import Estimate, compare, estimates, holm, randomisation_test

SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]), min_size=1, max_size=25)
PAIRED = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 1.0]), st.sampled_from([0.0, 0.1, 0.5, 1.0])), min_size=1)


def _estimate(values: list[float]) -> Estimate:
    return estimates({"mrr@10": np.array(values)})["mrr@10"]


def _enumerated(differences: list[float]) -> float:
    """The p of the randomisation test by its definition, one exchange after the other."""
    observed = abs(sum(differences))
    means = [
        abs(sum(sign * value for sign, value in zip(signs, differences, strict=True)))
        for signs in product((-1, 1), repeat=len(differences))
    ]
    return sum(mean >= observed - 1e-9 for mean in means) / len(means)


def test_the_randomisation_test_counted_by_hand() -> None:
    # Of the 8 exchanges of three equal gains, two have a sum of 3 or -3.
    assert randomisation_test(np.array([1.0, 1.0, 1.0])) == 0.25
    # Of the 4 exchanges of 2 and -1, two have a sum of 1 or -1, and the others more.
    assert randomisation_test(np.array([2.0, -1.0])) == 1


@given(st.lists(st.sampled_from([-1.0, -0.5, -0.1, 0.0, 0.1, 0.3, 1.0]), max_size=8))
def test_few_differences_are_counted_exactly(differences: list[float]) -> None:
    assert randomisation_test(np.array(differences)) == pytest.approx(_enumerated(differences))


@pytest.mark.parametrize(
    "differences",
    [[0.5] * 9 + [-0.5] * 4, [0.1, 0.2, 0.3, 0.4, -0.1, 0.6, -0.2, 0.1, 0.3, -0.4, 0.2, 0.1, -0.3, 0.5]],
)
def test_many_differences_are_drawn_near_the_exact_count(differences: list[float]) -> None:
    assert len(differences) > significance.EXACT
    assert randomisation_test(np.array(differences)) == pytest.approx(_enumerated(differences), abs=0.01)


def test_a_drawn_p_is_never_zero() -> None:
    assert 0 < randomisation_test(np.ones(60)) <= 1 / significance.PERMUTATIONS + 1e-9


def test_questions_without_a_difference_change_nothing() -> None:
    assert randomisation_test(np.array([0.5, 0.5, 0.5, 0, 0, 0])) == randomisation_test(np.array([0.5] * 3))


def test_holm_counted_by_hand() -> None:
    # .01 × 4, then .02 × 3, then .03 × 2 and .8 × 1; none is below the one before it, none above 1.
    assert holm([0.03, 0.01, 0.8, 0.02]) == pytest.approx([0.06, 0.04, 0.8, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1)))
def test_a_corrected_p_is_no_smaller_and_keeps_its_place(ps: list[float]) -> None:
    corrected = holm(ps)
    assert all(p <= one <= 1 for p, one in zip(ps, corrected, strict=True))
    assert sorted(range(len(ps)), key=lambda index: (ps[index], index)) == sorted(
        range(len(ps)), key=lambda index: (corrected[index], ps[index], index)
    )


def test_an_interval_is_near_that_of_the_normal_distribution() -> None:
    values = np.array([0.0, 1.0] * 200)
    found = _estimate(list(values))
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert found.mean == 0.5
    assert (found.low, found.high) == pytest.approx((0.5 - half, 0.5 + half), abs=0.005)


@given(SCORES)
def test_an_interval_stays_among_the_values_and_is_the_same_each_time(values: list[float]) -> None:
    found = _estimate(values)
    assert min(values) - 1e-12 <= found.low <= found.high <= max(values) + 1e-12
    assert found == _estimate(values)


def test_drawing_in_parts_draws_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(significance, "CELLS", 70)
    assert _estimate([1.0] * 30).mean == 1
    assert randomisation_test(np.ones(30)) == pytest.approx(1 / (significance.PERMUTATIONS + 1))


@given(PAIRED)
def test_exchanging_the_runs_turns_every_sign_and_keeps_every_p(pairs: list[tuple[float, float]]) -> None:
    before, after = (np.array(side) for side in zip(*pairs, strict=True))
    (there,), (back,) = compare({"mrr@10": before}, {"mrr@10": after}), compare({"mrr@10": after}, {"mrr@10": before})
    assert (there.gain.mean, there.gain.low, there.gain.high) == pytest.approx(
        (-back.gain.mean, -back.gain.high, -back.gain.low)
    )
    assert (there.better, there.worse, there.equal) == (back.worse, back.better, back.equal)
    assert there.p == pytest.approx(back.p)


@given(SCORES)
def test_a_run_does_not_differ_from_itself(values: list[float]) -> None:
    scores = {name: np.array(values) for name in ("recall@1", "mrr@10")}
    for one in compare(scores, scores):
        assert (one.p, one.p_holm, one.significant) == (1, 1, False)
        assert (one.gain.mean, one.gain.low, one.gain.high) == (0, 0, 0)
        assert (one.better, one.worse, one.equal) == (0, 0, len(values))


def test_a_difference_that_alone_would_count_does_not_among_many() -> None:
    clear = np.array([1.0] * 6)  # p = 2 / 64
    nothing = np.zeros(6)
    before = dict.fromkeys(("a", "b", "c"), nothing)
    alone = compare({"a": nothing}, {"a": clear})[0]
    among = compare(before, before | {"a": clear})[0]
    assert alone.p == among.p == 2 / 64
    assert (alone.significant, among.significant) == (True, False)
