"""The weights that order what is found: those of the product, of a file, or none."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from retrieval import RankerInvalid
from retrieval.ranking.ranker import shipped
from ui.database import DatabaseSettings
from ui.opening import open_services
from ui.ranking import ranker_of, ranking_said
from ui.settings import Settings, read_settings


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file of weights learned with the model of the wheel."""
    path = tmp_path / "weights.json"
    path.write_text(json.dumps({"format": "assistant-ranker-1"} | shipped().as_json()))
    return path


def _settings(tmp_path: Path, ranker: str | Path) -> Settings:
    return read_settings({"ASSISTANT_HOME": str(tmp_path), "ASSISTANT_RANKER": str(ranker)})


def test_unset_they_are_those_of_the_product(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "")
    assert ranker_of(settings) == shipped()
    assert ranking_said(settings).startswith("poids fournis, appris avec le modèle")


def test_there_can_be_none(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "off")
    assert ranker_of(settings) is None
    assert ranking_said(settings).startswith("sans poids appris")


def test_they_can_be_those_of_a_file(tmp_path: Path, weights: Path) -> None:
    settings = _settings(tmp_path, weights)
    assert ranker_of(settings) == shipped()
    assert ranking_said(settings).startswith(f"poids de {weights}, appris avec le modèle")


def test_those_for_another_model_are_said_to_be_of_no_use(tmp_path: Path, weights: Path) -> None:
    weights.write_text(json.dumps(replace(shipped(), embedding="un-autre").as_json()))
    for settings in (_settings(tmp_path, weights), Settings(home=tmp_path, embedding=tmp_path / "modele")):
        said = ranking_said(settings)
        assert "autre modèle" in said
        assert "ne servent pas" in said
        assert "fusionnés" in said
        assert "assistant calibrate" in said


def _with_weights(**weights: Any) -> str:
    """The weights of the product with others among them."""
    return json.dumps(shipped().as_json() | {"weights": {**shipped().weights, **weights}})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"embedding": "e5", "weights": {}, "learned": {}}',
        '{"embedding": "e5", "weights": [1], "learned": {}}',
        json.dumps(shipped().as_json())[:-20],
        _with_weights(truc=1),
        _with_weights(meaning="beaucoup"),
        _with_weights(meaning=float("nan")),
        _with_weights(meaning=10**400),
    ],
)
def test_a_damaged_file_is_refused_in_one_line_that_says_what_to_do(tmp_path: Path, weights: Path, text: str) -> None:
    weights.write_text(text)
    with pytest.raises(RankerInvalid, match="retirez ASSISTANT_RANKER") as refused:
        ranker_of(_settings(tmp_path, weights))
    assert "\n" not in str(refused.value)


async def test_a_file_that_cannot_be_used_stops_the_start_before_any_store_is_opened(tmp_path: Path) -> None:
    with pytest.raises(RankerInvalid):
        async with open_services(Settings(home=tmp_path / "home", ranker=tmp_path)):
            pass
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["nulle-part.json", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(RankerInvalid, match="introuvable ou illisible") as refused:
        ranker_of(_settings(tmp_path, tmp_path / name))
    assert str(tmp_path / name) in str(refused.value)
    assert "Errno" not in str(refused.value)


def test_one_that_is_no_text_is_named(tmp_path: Path, weights: Path) -> None:
    weights.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RankerInvalid, match="introuvable ou illisible"):
        ranker_of(_settings(tmp_path, weights))


@pytest.mark.usefixtures("pool")  # an empty database: the ledger of another test has another key
async def test_search_goes_by_the_weights_that_the_settings_name(
    tmp_path: Path, postgres: DatabaseSettings, weights: Path
) -> None:
    for ranker, used in ((None, shipped()), (weights, shipped()), ("off", None)):
        settings = Settings.model_validate({"home": tmp_path / "home", "postgres": postgres.url, "ranker": ranker})
        async with open_services(settings) as services:
            assert services.search.ranker == used
            assert services.calibrating.search is services.search
