"""`assistant evaluate`: figures, files to keep, and what is refused before any question is asked."""

import json
import stat
from pathlib import Path

import pytest

from tests.ui.commands.conftest import Assistant

QUESTIONS: list[dict[str, object]] = [
    {"id": "1", "question": "carte vitale", "relevant": ["vitale"]},
    {"id": "2", "question": "Combien de jours de télétravail ?", "relevant": ["nulle-part"]},
]


@pytest.fixture
def asked(assistant: Assistant, collection: str, documents: Path, tmp_path: Path) -> tuple[str | Path, ...]:
    """The command with questions to a collection of two documents."""
    assistant("ingest", documents, "--collection", collection)
    return ("evaluate", "--questions", _written(tmp_path, QUESTIONS), "--collection", collection)


def _written(folder: Path, questions: list[dict[str, object]]) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(question) + "\n" for question in questions))
    return path


def test_an_evaluation_gives_every_measure(assistant: Assistant, asked: tuple[str | Path, ...]) -> None:
    report = assistant(*asked, "--json").json
    recalls = {f"recall@{k}" for k in (1, 5, 10, 20, 100)}
    successes = {f"success@{k}" for k in (1, 5, 10)}
    assert report.keys() >= recalls | successes | {"mrr@10", "ndcg@10", "latency_ms_p50", "latency_ms_p95", "n"}
    assert report["recall@100"] == 0.5
    assert report["missing"] == ["nulle-part"]
    assert report["intervals"]["recall@100"] == [0, 1]
    assert {(one["axis"], one["value"], one["n"]) for one in report["slices"]} >= {("length", "1-3", 1)}
    (worst,) = report["worst"]
    assert (worst["id"], worst["first_rank"]) == ("2", None)
    assert worst["found"][0]["title"] == "Télétravail"
    assert "comparison" not in report


def test_a_kept_evaluation_is_compared_with_and_reported(
    assistant: Assistant, asked: tuple[str | Path, ...], tmp_path: Path
) -> None:
    kept, page = tmp_path / "run.json", tmp_path / "rapport.html"
    first = assistant(*asked, "--save", kept)
    assert first.code == 0
    assert f"Écrit : {kept}" in first.out
    assert "Rappel@20" in first.out
    assert "nulle-part (absent des collections cherchées)" in first.out

    second = assistant(*asked, "--against", kept, "--save", kept, "--report", page)
    assert second.code == 0
    assert "p de Holm" in second.out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (kept, page)] == [0o600, 0o600]

    compared = assistant(*asked, "--against", kept, "--report", page, "--json").json["comparison"]
    assert compared["measures"]["recall@20"] | {"interval": []} == {
        "before": 0.5,
        "after": 0.5,
        "difference": 0,
        "interval": [],
        "p": 1,
        "p_holm": 1,
        "significant": False,
        "better": 0,
        "worse": 0,
        "equal": 2,
    }


def test_what_cannot_be_compared_is_said_before_any_question(
    assistant: Assistant, asked: tuple[str | Path, ...], tmp_path: Path
) -> None:
    kept = tmp_path / "run.json"
    assistant(*asked, "--save", kept, "-k", "10")
    assert "10 documents par question" in assistant(*asked, "--against", kept).error
    _written(tmp_path, QUESTIONS[:1])
    assert "autres questions" in assistant(*asked, "--against", kept, "--k", "10").error
    kept.write_text(kept.read_text()[:-40])
    assert "coupé" in assistant(*asked, "--against", kept).error
    assert "il n’existe pas" in assistant(*asked, "--against", tmp_path / "rien.json").error


def test_a_file_of_somebody_else_is_not_written_over(
    assistant: Assistant, asked: tuple[str | Path, ...], tmp_path: Path
) -> None:
    other = tmp_path / "these.json"
    other.write_text("{}")
    assert "ne l’a pas écrit" in assistant(*asked, "--save", other).error
    assert "ne l’a pas écrit" in assistant(*asked, "--report", other).error
    assert "deux fichiers" in assistant(*asked, "--save", tmp_path / "a", "--report", tmp_path / "a").error
    assert other.read_text() == "{}"


def test_questions_without_a_document_are_an_error_that_says_what_to_do(assistant: Assistant, tmp_path: Path) -> None:
    questions = _written(tmp_path, [{"id": "1", "question": "carte", "relevant": []}])
    assert "« relevant »" in assistant("evaluate", "--questions", questions, "--json").error


def test_a_file_of_questions_that_is_not_there_is_named(assistant: Assistant) -> None:
    assert "il n’existe pas" in assistant("evaluate", "--questions", "/nulle/part.jsonl").error


@pytest.mark.parametrize(
    "line", ['{"id": "2"', '{"id": 2, "question": "a", "relevant": []}', '{"id": "2", "question": " ", "relevant": []}']
)
def test_a_wrong_line_of_an_evaluation_is_named(assistant: Assistant, tmp_path: Path, line: str) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "1", "question": "L\u2028S", "relevant": ["a"]}\n' + line)
    assert "ligne 2" in assistant("evaluate", "--questions", questions, "--json").error
