"""Help and usage errors are in French, for every command."""

import re
import sys
from io import StringIO

import pytest

from ui.commands import usage
from ui.commands.main import application

ENGLISH = re.compile(r"\b(Usage: |Show|Try|Missing|Invalid|such|required|Commands|COMMAND|Input|Error)\b")
COMMANDS = [
    [],
    ["collections"],
    ["collections", "list"],
    ["collections", "create"],
    ["collections", "delete"],
    ["ingest"],
    ["search"],
    ["ask"],
    ["evaluate"],
    ["calibrate"],
    ["serve"],
    ["doctor"],
]


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "stdin", StringIO())
    monkeypatch.setattr(sys, "argv", ["assistant", *arguments])
    return usage.run(application)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_in_french(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, *command, "--help") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("Usage : ")
    assert "Afficher cette aide." in shown.out
    assert not ENGLISH.search(shown.out)
    assert not shown.err


def test_without_a_command_the_help_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch) == 0
    assert "Commandes :" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nope"], "la commande « nope » n’existe pas"),
        (["serch"], "la commande « serch » n’existe pas"),
        (["ask"], "il manque QUESTION"),
        (["ingest", "a"], "il manque --collection"),
        (["search", "a", "b"], "« b » est de trop"),
        (["search", "a", "-k", "0"], "-k : la valeur doit être d’au moins 1"),
        (["search", "a", "-k", "101"], "-k : la valeur doit être d’au plus 100"),
        (["search", "a", "-k", "x"], "-k : un nombre entier est attendu"),
        (["search", "a", "-k"], "il manque la valeur de -k"),
        (["ask", "a", "--jsn"], "l’option --jsn n’existe pas"),
        (
            ["ask", "Qui appelle le 01 23 45 67 89 ?"],
            "la question semble contenir un numéro de téléphone, ajoutez --yes",
        ),
        (["ask", "a", "--json=1"], "l’option --json ne prend pas de valeur"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_that_is_not_well_formed_is_one_line_of_french(
    arguments: list[str], problem: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, *arguments) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert shown.err.startswith(f"Erreur : {problem}")
    assert shown.err.count("\n") == 1
    assert not ENGLISH.search(shown.err)
