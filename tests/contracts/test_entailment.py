"""What every `Entailment` does: a model read from a folder, and a scripted one; not how good a real model is."""

import importlib.util
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.checking.entailment import Entailment, Verdict
from assistant.checking.nli import NliSettings, open_nli
from assistant.errors import EntailmentFailed, EntailmentMissing
from tests.assistant.scripted_judge import ScriptedJudge
from tests.contracts import tiny_rerankers

TRANSFORMERS = importlib.util.find_spec("sentence_transformers") is not None
NEEDS_TRANSFORMERS = pytest.mark.skipif(not TRANSFORMERS, reason="sentence-transformers is not installed")

TEXT = "Congé. Le congé dure seize semaines."
PAIRS = [(TEXT, "Le congé dure seize semaines."), (TEXT, "x"), (TEXT, "Le congé est long.")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_rerankers.nli_folder(tmp_path_factory.mktemp("nli") / "tiny", Verdict.ENTAILED)


@pytest.fixture(params=["scripted", *(["folder"] if TRANSFORMERS else [])])
async def entailment(request: pytest.FixtureRequest) -> AsyncIterator[Entailment]:
    if request.param == "scripted":
        yield ScriptedJudge(dict.fromkeys((sentence for _, sentence in PAIRS), Verdict.ENTAILED))
        return
    async with open_nli(NliSettings(request.getfixturevalue("folder"))) as judging:
        yield judging.model


def test_each_pair_has_one_verdict(entailment: Entailment) -> None:
    assert entailment.judge(PAIRS) == [Verdict.ENTAILED] * 3
    assert entailment.judge([]) == []


def test_it_can_be_named_in_a_record(entailment: Entailment) -> None:
    assert entailment.name == "tiny"
    assert len(entailment.fingerprint) == 64


def test_a_sentence_that_is_not_unicode_fails_and_the_next_is_judged(entailment: Entailment) -> None:
    with pytest.raises(EntailmentFailed):
        entailment.judge([(TEXT, "\ud800")])
    assert entailment.judge(PAIRS[:1]) == [Verdict.ENTAILED]


@NEEDS_TRANSFORMERS
@pytest.mark.parametrize("verdict", Verdict)
async def test_verdicts_are_read_by_the_labels_of_the_models_own_configuration(
    tmp_path: Path, verdict: Verdict
) -> None:
    """Also where the labels stand in another order than most models have them in."""
    for number, labels in enumerate(
        (["Entailment", "NEUTRAL", "contradiction"], ["contradictory", "neutral", "entails"])
    ):
        folder = tiny_rerankers.nli_folder(tmp_path / str(number), verdict, labels)
        async with open_nli(NliSettings(folder)) as judging:
            assert judging.verdicts(PAIRS[:1]) == [verdict]


@NEEDS_TRANSFORMERS
async def test_what_exceeds_the_window_is_cut_off(folder: Path) -> None:
    async with open_nli(NliSettings(folder)) as judging:
        assert judging.verdicts([("Le congé de maternité. " * 400, "Le congé.")]) == [Verdict.ENTAILED]


@NEEDS_TRANSFORMERS
async def test_a_changed_file_changes_the_fingerprint(folder: Path, tmp_path: Path) -> None:
    other = shutil.copytree(folder, tmp_path / "tiny")
    async with open_nli(NliSettings(folder)) as one, open_nli(NliSettings(other)) as same:
        assert one.model.fingerprint == same.model.fingerprint
    (other / "vocab.txt").write_text((other / "vocab.txt").read_text() + "\n")
    async with open_nli(NliSettings(other)) as changed:
        assert changed.model.fingerprint != one.model.fingerprint


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EntailmentMissing, match="nulle-part"):
        async with open_nli(NliSettings(tmp_path / "nulle-part")):
            pass


@NEEDS_TRANSFORMERS
@pytest.mark.parametrize("content", ["{", "[]", '{"architectures": 3}'])
async def test_a_broken_configuration_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(EntailmentMissing, match="ASSISTANT_NLI"):
        async with open_nli(NliSettings(tmp_path)):
            pass


@NEEDS_TRANSFORMERS
@pytest.mark.parametrize("labels", [{"0": "note"}, {"0": "entailment", "1": "not_entailment"}, {"0": "LABEL_0"}])
async def test_a_model_with_other_labels_is_refused(folder: Path, tmp_path: Path, labels: dict[str, str]) -> None:
    other = shutil.copytree(folder, tmp_path / "autre")
    said = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(said | {"id2label": labels}))
    with pytest.raises(EntailmentMissing, match="ses étiquettes"):
        async with open_nli(NliSettings(other)):
            pass


@NEEDS_TRANSFORMERS
async def test_weights_that_would_run_code_are_not_read(folder: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    other = shutil.copytree(folder, tmp_path / "pickled")
    torch.save(load_file(other / "model.safetensors"), other / "pytorch_model.bin")
    (other / "model.safetensors").unlink()
    with pytest.raises(EntailmentMissing, match="safetensors"):
        async with open_nli(NliSettings(other)):
            pass
