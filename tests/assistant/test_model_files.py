"""Files of models are checked by their list, remembered while they stay the same, and copied whole or not at all."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import ModelFiles, ModelMissing, ModelRefused, ModelUnusable
from assistant.engines.model_files import PARTIAL
from tests.assistant.gguf_files import EMPTY, allow, allowing, digest, flip, tiny


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return tiny(tmp_path / "petit.gguf", b"poids " * 1000)


def test_a_listed_file_passes(tmp_path: Path, model: Path) -> None:
    assert allowing(tmp_path, model).check(model).name == "Le modèle petit"


def test_its_name_does_not_matter(tmp_path: Path, model: Path) -> None:
    files = allowing(tmp_path, model)
    assert files.check(model.rename(tmp_path / "autre.gguf")).file == "petit.gguf"


def test_a_file_that_is_not_listed_is_refused_with_what_to_do(tmp_path: Path, model: Path) -> None:
    files = allowing(tmp_path, model)
    other = tiny(tmp_path / "autre.gguf", b"d'autres poids")
    with pytest.raises(ModelRefused, match=r"aucun modèle autorisé.*assistant models import") as refused:
        files.check(other)
    assert refused.value.sha256 == digest(other)
    assert refused.value.sha256 in str(refused.value)


@given(place=st.integers(min_value=4, max_value=len(EMPTY) + 5_999))
def test_one_bit_that_changes_anywhere_is_refused(tmp_path_factory: pytest.TempPathFactory, place: int) -> None:
    folder = tmp_path_factory.mktemp("bit")
    model = tiny(folder / "petit.gguf", b"poids " * 1000)
    files = allowing(folder, model)
    files.check(model)
    flip(model, place)
    with pytest.raises(ModelRefused, match=r"« Le modèle petit », mais il est incomplet ou altéré"):
        files.check(model)


def test_a_change_is_seen_though_size_and_time_are_put_back(tmp_path: Path, model: Path) -> None:
    files = allowing(tmp_path, model)
    files.check(model)
    before = model.stat()
    flip(model, 100)
    os.utime(model, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(ModelRefused):
        files.check(model)


def test_a_file_put_in_its_place_is_seen(tmp_path: Path, model: Path) -> None:
    files = allowing(tmp_path, model)
    files.check(model)
    tiny(tmp_path / "autre", b"poids! " * 1000).replace(model)
    with pytest.raises(ModelRefused):
        files.check(model)


def test_a_file_that_stays_the_same_is_read_once_and_anew_on_demand(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = allowing(tmp_path, model)
    read: list[Path] = []
    original = ModelFiles._read

    def counted(self: ModelFiles, path: Path) -> str:
        read.append(path)
        return original(self, path)

    monkeypatch.setattr(ModelFiles, "_read", counted)
    for _ in range(3):
        files.check(model)
    assert read == [model]
    files.check(model, anew=True)
    assert read == [model, model]


def test_a_truncated_file_is_refused(tmp_path: Path, model: Path) -> None:
    files = allowing(tmp_path, model)
    os.truncate(model, 3_000)
    with pytest.raises(ModelRefused, match="incomplet"):
        files.check(model)
    os.truncate(model, 7)
    with pytest.raises(ModelUnusable, match="incomplet : il n’a que 7 octets"):
        files.check(model)


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04" * 100, b"\x80\x04\x95 pickle"])
def test_another_kind_of_file_is_refused_even_where_it_is_listed(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "page.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelUnusable, match="n’est pas un modèle GGUF"):
        allowing(tmp_path, file).check(file)


@pytest.mark.parametrize("name", ["absent.gguf", "."])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, model: Path, name: str) -> None:
    with pytest.raises(ModelMissing, match="n’existe pas"):
        allowing(tmp_path, model).check(tmp_path / name)


def test_a_list_read_again_counts_from_then_on(tmp_path: Path, model: Path) -> None:
    files = allowing(tmp_path, model)
    other = tiny(tmp_path / "autre.gguf")
    allow(tmp_path / "models.toml", other)
    files.check(model)
    files.reread()
    assert files.check(other).file == "autre.gguf"
    with pytest.raises(ModelRefused):
        files.check(model)


def test_an_allowed_file_is_copied_under_the_name_that_the_list_gives_it(tmp_path: Path, model: Path) -> None:
    files = ModelFiles(allow(tmp_path / "models.toml", model, names=("officiel.gguf",)))
    folder = tmp_path / "home" / "models"
    target = files.take(model, folder)
    assert target == folder / "officiel.gguf"
    assert target.read_bytes() == model.read_bytes()
    assert os.listdir(folder) == ["officiel.gguf"]
    assert files.check(target).name == "Le modèle petit"


def test_of_a_file_that_is_refused_nothing_is_copied(tmp_path: Path, model: Path) -> None:
    files, folder = allowing(tmp_path, model), tmp_path / "home" / "models"
    flip(model, 50)
    with pytest.raises(ModelRefused):
        files.take(model, folder)
    assert not folder.exists()


def test_a_file_that_changes_while_it_is_copied_leaves_nothing(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, folder = allowing(tmp_path, model), tmp_path / "models"
    before = tiny(folder_of(folder) / "petit.gguf", b"l'ancien")
    kept = before.read_bytes()
    checked = ModelFiles.check

    def then_changed(self: ModelFiles, path: Path, *, anew: bool = False) -> object:
        found = checked(self, path, anew=anew)
        if path == model:
            flip(model, 50)
        return found

    monkeypatch.setattr(ModelFiles, "check", then_changed)
    with pytest.raises(ModelRefused):
        files.take(model, folder)
    assert os.listdir(folder) == ["petit.gguf"]
    assert before.read_bytes() == kept


def test_what_a_killed_import_left_is_overwritten(tmp_path: Path, model: Path) -> None:
    folder = tmp_path / "models"
    (folder_of(folder) / PARTIAL).write_bytes(b"half" * 10_000)
    target = allowing(tmp_path, model).take(model, folder)
    assert os.listdir(folder) == ["petit.gguf"]
    assert target.read_bytes() == model.read_bytes()


def folder_of(folder: Path) -> Path:
    """The folder, made."""
    folder.mkdir()
    return folder
