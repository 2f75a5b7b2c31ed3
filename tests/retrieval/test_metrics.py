"""Measures of a ranking, against cases counted by hand and a slow reading of their definitions."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import metrics

RANKINGS = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True)
RELEVANT = st.frozensets(st.sampled_from("abcdefghijklmnopqrstu"), min_size=1)
DEPTHS = st.integers(1, 20)


def hits(ranking: Sequence[str], relevant: frozenset[str], k: int) -> list[int]:
    """The ranks, from 1, of what is relevant among the first k."""
    return [n + 1 for n in range(min(k, len(ranking))) if ranking[n] in relevant]


@pytest.mark.parametrize(
    ("ranking", "relevant", "k", "recall", "success", "reciprocal_rank", "ndcg"),
    [
        ("abc", "a", 1, 1.0, 1.0, 1.0, 1.0),
        ("abc", "c", 2, 0.0, 0.0, 0.0, 0.0),
        ("abc", "c", 3, 1.0, 1.0, 1 / 3, 0.5),
        ("abcd", "bd", 4, 1.0, 1.0, 0.5, (1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3))),
        ("abcd", "bdxy", 2, 0.25, 1.0, 0.5, (1 / math.log2(3)) / (1 + 1 / math.log2(3))),
        ("", "a", 5, 0.0, 0.0, 0.0, 0.0),
    ],
)
def test_cases_counted_by_hand(
    ranking: str, relevant: str, k: int, recall: float, success: float, reciprocal_rank: float, ndcg: float
) -> None:
    known = frozenset(relevant)
    assert metrics.recall(ranking, known, k) == pytest.approx(recall)
    assert metrics.success(ranking, known, k) == success
    assert metrics.reciprocal_rank(ranking, known, k) == pytest.approx(reciprocal_rank)
    assert metrics.ndcg(ranking, known, k) == pytest.approx(ndcg)


@given(RANKINGS, RELEVANT, DEPTHS)
def test_the_measures_are_what_their_definitions_say(ranking: list[str], relevant: frozenset[str], k: int) -> None:
    ranks = hits(ranking, relevant, k)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, k + 1) if rank <= len(relevant))
    assert metrics.recall(ranking, relevant, k) == len(ranks) / len(relevant)
    assert metrics.success(ranking, relevant, k) == (1.0 if ranks else 0.0)
    assert metrics.reciprocal_rank(ranking, relevant, k) == (1 / ranks[0] if ranks else 0.0)
    assert metrics.ndcg(ranking, relevant, k) == pytest.approx(sum(1 / math.log2(r + 1) for r in ranks) / ideal)


@given(RANKINGS, RELEVANT, DEPTHS)
def test_every_measure_lies_between_0_and_1_and_grows_with_recall(
    ranking: list[str], relevant: frozenset[str], k: int
) -> None:
    for measure in (metrics.recall, metrics.success, metrics.reciprocal_rank, metrics.ndcg):
        assert 0 <= measure(ranking, relevant, k) <= 1 + 1e-12
    assert metrics.recall(ranking, relevant, k) <= metrics.recall(ranking, relevant, k + 1)
    assert (metrics.success(ranking, relevant, k) == 0) == (metrics.recall(ranking, relevant, k) == 0)


@given(RELEVANT, DEPTHS)
def test_a_perfect_ranking_gains_everything(relevant: frozenset[str], k: int) -> None:
    ranking = sorted(relevant)
    assert metrics.ndcg(ranking, relevant, k) == pytest.approx(1)
    assert metrics.reciprocal_rank(ranking, relevant, k) == 1


@given(st.lists(st.floats(0, 1000), min_size=1), st.sampled_from([0.5, 0.95, 1.0]))
def test_a_percentile_is_a_value_that_enough_values_do_not_exceed(values: list[float], share: float) -> None:
    found = metrics.percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)


def test_percentiles_counted_by_hand() -> None:
    values = [float(n) for n in range(1, 101)]
    assert metrics.percentile(values, 0.5) == 50
    assert metrics.percentile(values, 0.95) == 95
    assert metrics.percentile([7.0], 0.95) == 7
