"""The file of a ranker's weights, and the order that they make."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.e5 import NAME
from retrieval.errors import RankerInvalid
from retrieval.ranking.features import NAMES
from retrieval.ranking.ranker import Ranker, read_ranker, shipped
from tests.retrieval.ranked_lists import of_features

WEIGHTS = {name: place / 10 for place, name in enumerate(NAMES)}
RANKER = Ranker("e5", WEIGHTS, {"questions": {"law": 12}})

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.text(max_size=20), st.fixed_dictionaries(dict.fromkeys(NAMES, numbers)))
def test_a_ranker_is_the_same_when_it_is_read_again(embedding: str, weights: dict[str, float]) -> None:
    ranker = Ranker(embedding, weights, {"folds": 5})
    assert Ranker.of_json(json.dumps(ranker.as_json())) == ranker


def test_a_ranker_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "poids.json"
    path.write_text(json.dumps(RANKER.as_json()), encoding="utf-8")
    assert read_ranker(path) == RANKER


def test_the_one_that_is_shipped_is_for_the_embedded_model() -> None:
    assert shipped().embedding == NAME
    assert set(shipped().weights) == set(NAMES)


@pytest.mark.parametrize(
    "weights",
    [
        {},
        {name: weight for name, weight in WEIGHTS.items() if name != NAMES[0]},
        WEIGHTS | {"autre": 1.0},
        WEIGHTS | {NAMES[0]: float("nan")},
        WEIGHTS | {NAMES[0]: float("inf")},
    ],
)
def test_weights_of_other_features_or_that_are_no_numbers_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(RankerInvalid, match="assistant calibrate"):
        Ranker("e5", weights, {})
    with pytest.raises(RankerInvalid):
        Ranker.of_json(json.dumps({"embedding": "e5", "weights": weights, "learned": {}}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "3",
        "{}",
        '{"embedding": "e5", "weights": null, "learned": {}}',
        '{"embedding": "e5", "weights": [1, 2], "learned": {}}',
        json.dumps(RANKER.as_json() | {"learned": 5}),
        json.dumps(RANKER.as_json() | {"weights": dict.fromkeys(NAMES, "beaucoup")}),
        json.dumps(RANKER.as_json() | {"weights": dict.fromkeys(NAMES, 10**400)}),
    ],
)
def test_a_file_that_holds_no_weights_is_refused_with_what_to_do(tmp_path: Path, text: str) -> None:
    path = tmp_path / "poids.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RankerInvalid, match="assistant calibrate"):
        read_ranker(path)


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RankerInvalid):
        read_ranker(tmp_path / "absent.json")
    (tmp_path / "binaire").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RankerInvalid):
        read_ranker(tmp_path / "binaire")


def test_a_score_is_the_weighted_sum_of_the_features() -> None:
    rows = np.zeros((2, len(NAMES)))
    rows[0, 1], rows[1, 2], rows[1, 3] = 2, 1, -1
    assert RANKER.scores(of_features(rows)).tolist() == pytest.approx([0.2, 0.2 - 0.3])
    assert RANKER.scores(of_features(np.zeros((0, len(NAMES))))).shape == (0,)
