"""The model that sharpens the check of sentences, as the settings name it."""

import importlib.util
from pathlib import Path

import pytest

from assistant import EntailmentMissing
from assistant.checking.entailment import Verdict
from tests.contracts import tiny_rerankers
from ui.judging import open_judging
from ui.settings import Settings


async def test_without_the_setting_no_model_judges() -> None:
    async with open_judging(Settings()) as judging:
        assert judging is None


@pytest.mark.skipif(importlib.util.find_spec("sentence_transformers") is None, reason="it is not installed")
async def test_the_folder_that_the_settings_name_is_opened(tmp_path: Path) -> None:
    folder = tiny_rerankers.nli_folder(tmp_path / "juge", Verdict.CONTRADICTED)
    async with open_judging(Settings(nli=folder, nli_seconds=60)) as judging:
        assert judging is not None
        assert judging.model.name == "juge"
        assert judging.verdicts([("Le congé dure six mois.", "Le congé dure six mois.")]) == [Verdict.CONTRADICTED]


async def test_a_folder_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(EntailmentMissing, match="nulle-part"):
        async with open_judging(Settings(nli=tmp_path / "nulle-part")):
            pass
