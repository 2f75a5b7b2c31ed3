"""The thresholds that the settings name, and what is said of them."""

import json
from pathlib import Path

import pytest

from assistant import EvidenceInvalid, shipped_evidence
from ui.language_model import evidence
from ui.refusing import refusing_said
from ui.settings import Settings, read_settings


def _settings(home: Path, refusal: Path | str) -> Settings:
    return read_settings({"ASSISTANT_HOME": str(home), "ASSISTANT_REFUSAL": str(refusal)})


def test_those_of_the_product_are_in_use_where_none_are_named(tmp_path: Path) -> None:
    assert evidence(Settings(home=tmp_path)) == shipped_evidence()
    assert refusing_said(Settings(home=tmp_path)).startswith("seuils fournis, appris avec le modèle")


def test_off_leaves_refusing_to_the_check_of_sentences(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "off")
    assert evidence(settings) is None
    assert refusing_said(settings).startswith("sans seuils appris")


def test_those_of_another_model_are_said_not_to_serve(tmp_path: Path) -> None:
    path = tmp_path / "refus.json"
    path.write_text(json.dumps(shipped_evidence().as_json() | {"embedding": "autre"}))
    assert refusing_said(_settings(tmp_path, path)).startswith(f"seuils de {path}, appris avec un autre modèle")


def test_a_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceInvalid, match=r"rien\.json est introuvable"):
        evidence(_settings(tmp_path, tmp_path / "rien.json"))
