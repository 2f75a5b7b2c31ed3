"""Weights learned from questions whose documents are known."""

from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.ranking import training
from retrieval.ranking.features import NAMES
from retrieval.ranking.ranker import Ranker
from retrieval.ranking.standing import Floats
from retrieval.ranking.training import Example, _Lists, learned
from tests.retrieval.ranked_lists import of_features

seeds = st.integers(0, 2**32 - 1)
ALL = len(NAMES)


def examples(rows: list[Floats], relevant: list[int]) -> list[Example]:
    """A question for each matrix, whose document of that row is the relevant one."""
    return [
        Example(of_features(one), frozenset({f"d{row}"}), 1 / len(rows))
        for one, row in zip(rows, relevant, strict=True)
    ]


def drawn(seed: int, questions: int = 12, documents: int = 8) -> list[Floats]:
    return list(np.random.default_rng(seed).normal(size=(questions, documents, ALL)))


def order(weights: dict[str, float], rows: Floats) -> list[int]:
    best: list[int] = np.argsort(-(rows @ np.array([weights[name] for name in NAMES])), kind="stable").tolist()
    return best


@settings(max_examples=10)
@given(seeds)
def test_gradient_and_curvature_are_the_slopes_of_the_loss(seed: int) -> None:
    random = np.random.default_rng(seed)
    targets = random.dirichlet(np.ones(5), size=3)
    lists = _Lists(list(random.normal(size=(3, 5, ALL))), list(targets), random.dirichlet(np.ones(3)))
    at, step = random.normal(size=ALL), 1e-5
    _, gradient, curvature = lists.at(at)
    for place, along in enumerate(np.eye(ALL) * step):
        (above, up, _), (below, down, _) = lists.at(at + along), lists.at(at - along)
        assert (above - below) / (2 * step) == pytest.approx(gradient[place], abs=1e-6)
        assert (up - down) / (2 * step) == pytest.approx(curvature[place], abs=1e-5)


def test_what_tells_the_relevant_documents_apart_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PENALTY", 1e-6)  # else it keeps weights from telling apart what nearly equals
    rows = drawn(1, questions=60)
    wanted = [int(np.argmax(one[:, 0] - 2 * one[:, 3])) for one in rows]
    weights = learned(examples(rows, wanted))
    assert [order(weights, one)[0] for one in rows] == wanted
    assert weights[NAMES[0]] > 0 > weights[NAMES[3]]
    assert all(abs(weights[name]) < abs(weights[NAMES[0]]) for name in NAMES[1:3] + NAMES[4:])


@settings(max_examples=20)
@given(seeds)
def test_the_loss_of_what_is_learned_is_the_least(seed: int) -> None:
    rows = drawn(seed)
    some = examples(rows, [0] * len(rows))
    weights = learned(some)
    deviations = np.concatenate(rows).std(axis=0)
    target = np.eye(8)[0]
    lists = _Lists([one / deviations for one in rows], [target] * len(rows), np.full(len(rows), 1 / len(rows)))
    found = np.array([weights[name] for name in NAMES]) * deviations
    least, gradient, _ = lists.at(found)
    assert least < lists.at(np.zeros(ALL))[0]
    assert gradient == pytest.approx(np.zeros(ALL), abs=1e-3)


@settings(max_examples=20)
@given(seeds, st.integers(0, ALL - 1), st.floats(0.001, 1000))
def test_the_unit_of_a_feature_makes_no_difference(seed: int, feature: int, unit: float) -> None:
    rows, units = drawn(seed), np.ones(ALL)
    units[feature] = unit
    wanted = [int(np.argmax(one[:, feature])) for one in rows]
    before = learned(examples(rows, wanted))
    after = learned(examples([one * units for one in rows], wanted))
    assert [after[name] * factor for name, factor in zip(NAMES, units, strict=True)] == pytest.approx(
        [before[name] for name in NAMES], rel=1e-3, abs=1e-3
    )


def test_of_a_feature_that_never_differs_nothing_is_learned() -> None:
    rows = drawn(2)
    for one in rows:
        one[:, 4], one[:, 5] = 1.0, 0.0
    weights = learned(examples(rows, [int(np.argmax(one[:, 0])) for one in rows]))
    assert [weights[NAMES[4]], weights[NAMES[5]]] == pytest.approx([0, 0], abs=1e-6)
    assert weights[NAMES[0]] > 0


def test_questions_whose_documents_were_not_found_teach_nothing() -> None:
    rows = drawn(3)
    some = examples(rows, [0] * len(rows))
    lost = Example(of_features(rows[0]), frozenset({"elsewhere"}), 100.0)
    assert not lost.is_instructive
    assert learned([*some, lost]) == pytest.approx(learned(some))


def test_a_share_of_three_is_as_good_as_three_questions() -> None:
    (rows,) = drawn(4, questions=1)
    one, other = (Example(of_features(rows), frozenset({document}), 1.0) for document in ("d0", "d1"))
    assert learned([replace(one, share=3.0), other]) == pytest.approx(learned([one, one, one, other]), abs=1e-3)
    assert learned([one, other]) != pytest.approx(learned([one, one, one, other]), abs=1e-1)


def test_a_document_of_the_same_id_in_two_collections_is_relevant_in_both() -> None:
    rows = drawn(5, questions=1, documents=2)
    found = of_features(rows[0], ["d0", "d0"])
    twice = Example(
        replace(found, documents=[(str(UUID(int=1)), "d0"), (str(UUID(int=2)), "d0")]), frozenset({"d0"}), 1.0
    )
    assert list(learned([twice]).values()) == pytest.approx([0] * ALL, abs=1e-2)  # nothing tells them apart


def test_a_ranker_says_what_was_learned() -> None:
    rows = drawn(6)
    wanted = [int(np.argmax(one[:, 1])) for one in rows]
    weights = learned(examples(rows, wanted))
    scores = Ranker("e5", weights, {}).scores(of_features(rows[0]))
    assert np.argsort(-scores, kind="stable").tolist() == order(weights, rows[0])
