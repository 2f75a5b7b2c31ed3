"""Folders that a killed process left are swept; those that are used, young or others' are not."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from retrieval.scratch import Scratch, scratch, sweep

HOLD = """
import sys, time
from retrieval.scratch import Scratch, scratch
with scratch(Scratch.READING) as folder:
    (folder / "secret").write_text("x")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files of this test and of the processes that it starts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def aged(folder: Path) -> Path:
    os.utime(folder, (1, 1))
    return folder


def test_what_a_killed_process_left_goes_and_what_a_living_one_uses_stays(temporary: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        folder = aged(Path(process.stdout.readline().strip()))
        assert folder.parent == temporary
        sweep()
        assert (folder / "secret").exists()
        process.send_signal(signal.SIGKILL)
    sweep()
    assert not folder.exists()


def test_a_folder_is_gone_once_it_was_used(temporary: Path) -> None:
    with scratch(Scratch.PARTS) as folder:
        (folder / "part").write_text("x")
        sweep()
        assert folder.exists()
    assert list(temporary.iterdir()) == []


def test_what_is_young_has_another_name_or_leads_elsewhere_stays(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("x")
    (temporary / "assistant-scratch-parts-abcdefgh").symlink_to(elsewhere)
    (temporary / "assistant-scratch-source-12345678").mkdir()
    for name in (
        "assistant-parts-12345678",
        "assistant-scratch-parts-12345678-copie",
        "assistant-scratch-llama-1234567",
    ):
        (temporary / name).mkdir()
        aged(temporary / name)
    before = sorted(temporary.iterdir())
    sweep()
    assert sorted(temporary.iterdir()) == before
    assert (elsewhere / "file").exists()
