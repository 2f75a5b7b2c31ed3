"""Commands that go through a server of their own, with a collection and documents to give it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest

from tests.ui.commands.running import Outcome
from ui.commands import usage
from ui.commands.main import application
from ui.server import port_bound

ASSISTANT = str(Path(sys.executable).with_name("assistant"))

Assistant = Callable[..., Outcome]


def environment(home: Path, model: Path) -> dict[str, str]:
    given = {"ASSISTANT_MODEL": str(model), "ASSISTANT_MODEL_THREADS": "1", "ASSISTANT_AIDE": "off"}
    return os.environ | {"ASSISTANT_HOME": str(home)} | given


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, gemma: Path) -> Iterator[Path]:
    """The data folder of a server that runs as long as the tests; told to stop, it leaves nothing running."""
    home = Path(tmp_path_factory.mktemp("served"))
    with port_bound("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    command = [ASSISTANT, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment(home, gemma), stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None
        assert any("prêt" in line for line in server.stdout)
        yield home
        server.terminate()
    assert server.returncode == 0
    assert not (home / "postgres" / "postmaster.pid").exists()


@pytest.fixture
def assistant(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Assistant:
    """Commands that go through the server, as a script gives them: nobody sits at a terminal."""
    monkeypatch.setenv("ASSISTANT_HOME", str(home))
    monkeypatch.setattr(sys, "stdin", StringIO())

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        capsys.readouterr()
        return Outcome(usage.run(application), *capsys.readouterr())

    return run


@pytest.fixture
def collection(assistant: Assistant) -> Iterator[str]:
    """An empty collection, with a name that paths and shells would take for something else."""
    name = "Santé / 100 % ? #1"
    assert assistant("collections", "create", name, "--json").json["name"] == name
    yield name
    assistant("collections", "delete", name, "--json")


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """A folder of two documents in French."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "teletravail.md").write_text("# Télétravail\n\nLe télétravail est ouvert trois jours par semaine.")
    (folder / "fiches.jsonl").write_text(
        json.dumps({"id": "vitale", "title": "Carte Vitale", "text": "La carte se renouvelle en ligne."})
    )
    return folder
