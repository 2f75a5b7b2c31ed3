"""A file that an evaluation leaves."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui.errors import OutputUnusable
from ui.evaluation.output_file import OutputFile

MARK = "<ours>"


@pytest.fixture(params=[0o022, 0o000, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    previous = os.umask(request.param)
    yield
    os.umask(previous)


@pytest.mark.usefixtures("umask")
def test_it_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    OutputFile(path, MARK).write("<ours> é")
    assert path.read_text(encoding="utf-8") == "<ours> é"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_earlier_one_of_ours_makes_room_and_stays_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("<ours> 1")
    path.chmod(0o644)
    OutputFile(path, MARK).write("<ours> 2")
    assert path.read_text() == "<ours> 2"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_to_one_of_ours_is_followed(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("<ours> 1")
    link = tmp_path / "latest.json"
    link.symlink_to("run.json")
    OutputFile(link, MARK).write("<ours> 2")
    assert link.is_symlink()
    assert (tmp_path / "run.json").read_text() == "<ours> 2"


@pytest.mark.parametrize("text", ["", "{}", "a" * 400 + MARK])
def test_what_somebody_else_wrote_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "these.txt"
    path.write_text(text)
    for act in (OutputFile(path, MARK).check, lambda: OutputFile(path, MARK).write(MARK)):
        with pytest.raises(OutputUnusable, match="autre nom"):
            act()
    assert path.read_text() == text


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputUnusable, match="c’est un dossier"):
        OutputFile(tmp_path, MARK).check()
    with pytest.raises(OutputUnusable, match="autre nom"):
        OutputFile(Path("/dev/null"), MARK).check()
    with pytest.raises(OutputUnusable, match="dossier n’existe pas"):
        OutputFile(tmp_path / "nulle" / "part.json", MARK).check()
    (tmp_path / "file").touch()
    with pytest.raises(OutputUnusable, match="ce n’est pas un dossier"):
        OutputFile(tmp_path / "file" / "part.json", MARK).check()


def test_what_breaks_off_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "run.json"
    path.write_text("<ours> 1")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputUnusable, match="le disque est plein"):
        OutputFile(path, MARK).write("<ours> 2")
    assert path.read_text() == "<ours> 1"
    assert list(tmp_path.iterdir()) == [path]
