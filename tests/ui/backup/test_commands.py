"""The commands, as a script gives them."""

import json
import stat
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.ui.backup.installation import Lost
from ui.commands import usage
from ui.commands.main import application


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str | Path
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", StringIO())
    monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
    status = usage.run(application)
    return status, *capsys.readouterr()


def test_a_pair_of_keys_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "clé"
    status, said, _ = run(monkeypatch, capsys, "backup", "keys", "--out", path, "--json")
    assert (status, json.loads(said)["public"][:4]) == (0, "age1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    status, _, wrong = run(monkeypatch, capsys, "backup", "keys", "--out", path)
    assert (status, "jamais remplacée" in wrong) == (1, True)


def test_a_backup_is_verified_without_a_database(
    lost: Lost, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said, _ = run(monkeypatch, capsys, "backup", "verify", lost.made.path, "--identity", lost.identity)
    assert (status, "✓ La sauvegarde est entière" in said) == (0, True)
    status, _, wrong = run(monkeypatch, capsys, "backup", "verify", lost.tampered.path, "--identity", lost.identity)
    assert (status, "ne se prouve pas" in wrong) == (1, True)


def test_without_a_recipient_nothing_is_written(
    tmp_path: Path, lost: Lost, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "secret.key").write_bytes(b"x")
    status, _, wrong = run(monkeypatch, capsys, "restore", lost.made.path, "--identity", lost.identity)
    assert (status, "n’est pas vide" in wrong) == (1, True)
