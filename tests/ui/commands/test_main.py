"""The command line, on a real server and without one."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from rich.table import Table

from tests.ui.commands.running import Outcome
from ui.commands import usage
from ui.commands.main import application, out
from ui.server import port_bound

ASSISTANT = str(Path(sys.executable).with_name("assistant"))


Assistant = Callable[..., Outcome]


def _environment(home: Path, model: Path) -> dict[str, str]:
    return os.environ | {"ASSISTANT_HOME": str(home), "ASSISTANT_MODEL": str(model)}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, gemma: Path) -> Iterator[Path]:
    """The data folder of a server that runs as long as the tests; told to stop, it leaves nothing running."""
    home = Path(tmp_path_factory.mktemp("served"))
    with port_bound("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    command = [ASSISTANT, "serve", "--port", str(port)]
    with subprocess.Popen(command, env=_environment(home, gemma), stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
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
    assert answer["timings"].keys() == {"retrieval_ms", "first_token_ms", "total_ms"}
    for citation in answer["citations"]:
        assert citation.keys() == {"n", "document_id", "title", "url", "locator", "quote", "supported"}


def test_an_evaluation_gives_every_measure(
    assistant: Assistant, collection: str, documents: Path, tmp_path: Path
) -> None:
    assistant("ingest", documents, "--collection", collection)
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps({"id": "1", "question": "carte", "relevant": ["vitale"]}))
    report = assistant("evaluate", "--questions", questions, "--collection", collection, "--json").json
    recalls = {f"recall@{k}" for k in (1, 5, 10, 20, 100)}
    successes = {f"success@{k}" for k in (1, 5, 10)}
    assert report.keys() >= recalls | successes | {"mrr@10", "ndcg@10", "latency_ms_p50", "latency_ms_p95"}
    assert report["recall@100"] == 1


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


@pytest.fixture
def circular(assistant: Assistant, collection: str, tmp_path: Path) -> str:
    """A circular in the collection, of which everything is guessed."""
    path = tmp_path / "circulaire.txt"
    path.write_text(
        "Circulaire n° DGS/2021/12 du 3 mai 2021 relative au télétravail\n\n"
        "Le télétravail est ouvert trois jours par semaine.\n"
    )
    assert assistant("ingest", path, "--collection", collection).code == 0
    return str(path)


def test_what_is_guessed_of_a_document_is_shown_and_corrected(
    assistant: Assistant, collection: str, circular: str
) -> None:
    (listed,) = assistant("documents", "list", collection, "--to-check", "--json").json["documents"]
    assert (listed["id"], listed["kind"], listed["number"]) == (circular, "circulaire", "DGS/2021/12")
    assert "circulaire*" in assistant("documents", "list", collection).out
    assert "Nature : circulaire (à vérifier)" in assistant("documents", "show", collection, circular).out

    correct = ("documents", "correct", collection, circular, "--kind", "note", "--repealed-on", "1er mars 2023")
    corrected = assistant(*correct, "--number", "", "--json").json
    assert (corrected["kind"], corrected["number"], corrected["repealed_on"]) == ("note", "", "2023-03-01")
    assert "kind" not in corrected["guessed"]
    assert "Abrogé le : 2023-03-01\n" in assistant("documents", "show", collection, circular).out


def test_what_is_marked_waits_for_a_decision_and_is_found_after_it(
    assistant: Assistant, collection: str, tmp_path: Path
) -> None:
    path = tmp_path / "note.txt"
    path.write_text("DIFFUSION RESTREINTE\n\nLe télétravail du cabinet est suspendu.")
    imported = assistant("ingest", path, "--collection", collection)
    assert imported.code == 0
    assert f"En quarantaine : {path}" in imported.out
    asked = ("search", "télétravail", "--collection", collection, "--json")
    assert assistant(*asked).json["passages"] == []
    (held,) = assistant("quarantine", "list", "--collection", collection, "--json").json["documents"]
    assert assistant("quarantine", "release", str(held["id"])).code == 0
    assistant("ingest", path, "--collection", collection)  # waits until it is done
    assert len(assistant(*asked).json["passages"]) == 1


def test_a_search_and_a_question_name_their_day(assistant: Assistant, collection: str, circular: str) -> None:
    assistant("documents", "correct", collection, circular, "--repealed-on", "2023-03-01")
    asked = ("search", "télétravail", "--collection", collection, "--json")
    assert assistant(*asked).json["passages"] == []
    assert len(assistant(*asked, "--on", "28/02/2023").json["passages"]) == 1
    asked = ("ask", "Combien de jours de télétravail ?", "--collection", collection, "--json")
    assert assistant(*asked, "--on", "1er mars 2023").json["passages"] == []
    assert assistant(*asked, "--on", "2022-01-01").json["on"] == "2022-01-01"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["correct", "NOTES", "a"], "rien à corriger"),
        (["correct", "NOTES", "a", "--repealed-on", "hier"], "« hier » n’est pas un jour"),
        (["correct", "NOTES", "a", "--kind", "roman"], "les valeurs possibles sont 'loi'"),
        (["correct", "NOTES", "a", "--title", " "], "titre"),
        (["show", "NOTES", "a"], "n’est plus dans la collection"),
        (["list", "Nulle part"], "Nulle part"),
    ],
)
def test_a_correction_that_cannot_be_made_is_one_clear_line(
    assistant: Assistant, collection: str, arguments: list[str], problem: str
) -> None:
    outcome = assistant("documents", *(collection if one == "NOTES" else one for one in arguments))
    assert outcome.code > 0
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


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
        (["evaluate", "--questions", "/nulle/part.jsonl"], "il n’existe pas"),
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


@pytest.mark.parametrize(
    "line", ['{"id": "2"', '{"id": 2, "question": "a", "relevant": []}', '{"id": "2", "question": " ", "relevant": []}']
)
def test_a_wrong_line_of_an_evaluation_is_named(assistant: Assistant, tmp_path: Path, line: str) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "1", "question": "L\u2028S", "relevant": ["a"]}\n' + line)
    assert "ligne 2" in assistant("evaluate", "--questions", questions, "--json").error


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
    missing = _environment(tmp_path, gemma.with_name("missing.gguf"))
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
