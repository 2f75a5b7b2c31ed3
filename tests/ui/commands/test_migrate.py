"""`assistant migrate`, on a database elsewhere and on the embedded one."""

import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.ui.commands.running import Outcome
from ui.commands import usage
from ui.commands.main import application
from ui.database import DatabaseSettings
from ui.migrations import FOLDER

NEWEST = max(file.name for file in FOLDER.glob("*.sql"))

Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command, in a data folder of its own."""
    monkeypatch.setenv("ASSISTANT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "stdin", StringIO())

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["assistant", "migrate", *arguments])
        capsys.readouterr()
        return Outcome(usage.run(application), *capsys.readouterr())

    return run


@pytest.fixture
def elsewhere(postgres: DatabaseSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database of its own, without tables, that the settings name."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("create database elsewhere")
        monkeypatch.setenv("ASSISTANT_POSTGRES", make_conninfo(postgres.url, dbname="elsewhere"))
        yield
        connection.execute("drop database elsewhere with (force)")


@pytest.mark.usefixtures("elsewhere")
def test_a_database_elsewhere_is_looked_at_then_changed_then_left_alone(run: Run) -> None:
    looked = run("--check")
    assert looked.code == 1
    assert NEWEST in looked.out
    assert NEWEST in run("--json").json["applied"]
    assert run("--check", "--json").json == {"pending": []}
    assert run().out == "La base est celle de cette version.\n"


def test_the_embedded_one_too_unless_a_server_has_it(run: Run, tmp_path: Path) -> None:
    assert NEWEST in run("--json").json["applied"]
    assert run("--check").code == 0
    assert not (tmp_path / "home" / "postgres" / "postmaster.pid").exists()
