"""The command line, on a real server and without one."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.table import Table

from tests.ui.commands.conftest import ASSISTANT, Assistant, environment
from ui.commands.main import out
from ui.server import port_bound


def test_a_second_import_of_the_same_changes_nothing_and_says_so(
    assistant: Assistant, collection: str, documents: Path
) -> None:
    first = assistant("ingest", documents, "--collection", collection, "--json")
    assert (first.code, first.json["added"], first.json["failed"]) == (0, 2, [])
    second = assistant("ingest", documents, "--collection", collection)
    assert second.code == 0
    assert second.out.startswith("Rien n’a changé")
    assert not second.err


def test_answers_in_json_have_the_promised_shape(assistant: Assistant, collection: str, documents: Path) -> None:
    assistant("ingest", documents, "--collection", collection)

    found = assistant("search", "télétravail", "--collection", collection, "-k", "1", "--json")
    (passage,) = found.json["passages"]
    assert passage.keys() >= {"document_id", "collection", "title", "text", "locator", "score"}
    assert (passage["title"], passage["collection"]) == ("Télétravail", collection)

    answer = assistant("ask", "Combien de jours de télétravail ?", "--collection", collection, "--json").json
    assert answer.keys() >= {"answer", "refused", "citations", "passages", "timings"}
    assert answer["mark"]["AIGenerated"] == "true"
    assert answer["timings"].keys() == {"retrieval_ms", "first_token_ms", "total_ms"}
    for citation in answer["citations"]:
        assert citation.keys() == {
            *("n", "document_id", "title", "url", "locator", "quote", "quote_start", "quote_end", "supported")
        }


def test_a_document_that_fails_does_not_keep_the_others_out(
    assistant: Assistant, collection: str, documents: Path
) -> None:
    (documents / "vide.txt").touch()
    imported = assistant("ingest", documents, "--collection", collection, "--json")
    assert imported.code == 1
    assert imported.json["added"] == 2
    ((name, reason),) = imported.json["failed"]
    assert name.endswith("vide.txt")
    assert "aucun texte" in reason


def test_what_is_marked_waits_for_a_decision_and_is_found_after_it(
    assistant: Assistant, collection: str, tmp_path: Path
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("DIFFUSION RESTREINTE\n\nLe télétravail du cabinet est suspendu.")
    imported = assistant("ingest", path, "--collection", collection)
    assert imported.code == 0
    assert "En quarantaine : note.txt" in imported.out
    asked = ("search", "télétravail", "--collection", collection, "--json")
    assert assistant(*asked).json["passages"] == []
    (held,) = assistant("quarantine", "list", "--collection", collection, "--json").json["documents"]
    assert assistant("quarantine", "release", str(held["id"]), "--reason", "Marquée à tort.").code == 0
    assistant("ingest", path, "--collection", collection)  # waits until it is done
    assert len(assistant(*asked).json["passages"]) == 1


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["search", "", "--json"], "vide"),
        (["search", "a" * 50_000], "50000"),
        (["ask", " ", "--json"], "vide"),
        (["ask", "a" * 50_000, "--json"], "50000"),
        (["ask", "a", "--collection", "Nulle part", "--json"], "Nulle part"),
        (["ingest", "/", "--collection", "Nulle part", "--json"], "Nulle part"),
        (["collections", "delete", "..", "--yes"], ".."),
        (["collections", "create", "x\ny", "--json"], "ligne"),
        (["serve", "--port", "0"], "ASSISTANT_PORT"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_bad_input_is_one_clear_line(assistant: Assistant, arguments: list[str], problem: str) -> None:
    assert problem in assistant(*arguments).error


def test_a_broken_line_is_named_and_nothing_is_imported(assistant: Assistant, collection: str, documents: Path) -> None:
    (documents / "notes.jsonl").write_text('{"id": "1", "text": "a"}\n{"id": "2",\n')
    assert "notes.jsonl, ligne 2" in assistant("ingest", documents, "--collection", collection, "--json").error
    held = assistant("collections", "list", "--json").json["collections"]
    assert [one["documents"] for one in held if one["name"] == collection] == [0]


class _Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "left"), [("\n", True), ("n\n", True), ("oui\n", False)])
def test_at_a_terminal_a_deletion_is_confirmed_first(
    assistant: Assistant, collection: str, monkeypatch: pytest.MonkeyPatch, answer: str, left: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal(answer))
    assert assistant("collections", "delete", collection).code == int(left)
    held = assistant("collections", "list", "--json").json["collections"]
    assert (collection in {one["name"] for one in held}) == left


def test_a_port_that_is_taken_is_named_with_a_way_out(assistant: Assistant) -> None:
    with port_bound("127.0.0.1", 0) as taken:
        assert "--port" in assistant("serve", "--port", str(taken.getsockname()[1])).error


def test_without_a_server_a_command_opens_the_stores_itself(tmp_path: Path, gemma: Path) -> None:
    missing = environment(tmp_path, gemma.with_name("missing.gguf"))
    commands = [["collections", "create", "RH", "--json"], ["collections", "list", "--json"]]
    created, held = [
        subprocess.run([ASSISTANT, *command], env=missing, capture_output=True, text=True, check=True)  # noqa: S603
        for command in commands
    ]
    assert json.loads(created.stdout)["name"] == "RH"
    assert [one["name"] for one in json.loads(held.stdout)["collections"]] == ["RH"]
    assert not created.stderr + held.stderr


def test_brackets_in_a_name_are_shown_as_they_are() -> None:
    table = Table("Collection")
    table.add_row("Lois [/x] [bold]")
    with out.capture() as shown:
        out.print(table)
    assert "Lois [/x] [bold]" in shown.get()
