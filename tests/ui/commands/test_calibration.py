"""`assistant calibrate`: what is learned, the file to keep, and what is refused before any question is asked."""

import json
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from retrieval.ranking.ranker import read_ranker
from tests.ui.commands.conftest import Assistant
from ui.commands.calibration import question_sets
from ui.errors import QuestionsInvalid

TEXTS = {
    "maternité": "Le congé de maternité dure seize semaines.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
}
QUESTIONS = {
    "maternité": "Combien de temps dure le congé de maternité ?",
    "retraite": "À quel âge légal part-on à la retraite ?",
}
RIGHT = {id_: id_ for id_ in TEXTS}  # as plain fusion has it already: nothing can do better
WRONG = {"maternité": "retraite", "retraite": "maternité"}  # never as plain fusion has it

MEASURES = ("Succès@1", "Succès@5", "Rappel@20", "MRR@10", "nDCG@10")


@pytest.fixture
def filled(assistant: Assistant, collection: str, tmp_path: Path) -> str:
    """A collection with the texts."""
    texts = tmp_path / "textes.jsonl"
    texts.write_text("".join(json.dumps({"id": id_, "title": id_, "text": text}) + "\n" for id_, text in TEXTS.items()))
    assistant("ingest", texts, "--collection", collection)
    return collection


def _written(path: Path, relevant: Mapping[str, str]) -> Path:
    lines = [{"id": id_, "question": QUESTIONS[id_], "relevant": [answer]} for id_, answer in relevant.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_what_wins_is_shown_and_kept_in_a_file_that_can_be_read(
    assistant: Assistant, filled: str, tmp_path: Path
) -> None:
    kept = tmp_path / "classement.json"
    questions = _written(tmp_path / "fiches.jsonl", WRONG)
    first = assistant("calibrate", "--questions", f"{questions}={filled}", "--save", kept)
    assert first.code == 0
    assert "fiches.jsonl (2 questions)" in first.out
    assert all(measure in first.out for measure in MEASURES)
    assert "Mots, tout le document" in first.out
    assert f"Écrit : {kept}" in first.out
    assert "ASSISTANT_RANKER" in first.out

    ranker = read_ranker(kept)
    assert ranker.learned["questions"] == {"fiches.jsonl": 2}
    assert all(weight == round(weight, 4) for weight in ranker.weights.values())
    assert kept.read_text().count("\n  ") > len(ranker.weights)  # a line each
    assert QUESTIONS["retraite"] not in kept.read_text(encoding="utf-8")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    again = assistant("calibrate", "--questions", questions, "--save", kept, "--json")  # in the place of its own file
    assert again.code == 0
    assert again.json["wins"] is True
    assert again.json["sets"].keys() == {"fiches.jsonl"}
    assert (
        again.json["sets"]["fiches.jsonl"]["ranked"]["ndcg@10"] > again.json["sets"]["fiches.jsonl"]["fused"]["ndcg@10"]
    )
    assert again.json["ranker"] == json.loads(kept.read_text())


def test_what_does_not_win_is_shown_but_never_kept(assistant: Assistant, filled: str, tmp_path: Path) -> None:
    kept = tmp_path / "classement.json"
    asked = ("calibrate", "--questions", f"{_written(tmp_path / 'fiches.jsonl', RIGHT)}={filled}", "--save", kept)
    shown = assistant(*asked)
    assert shown.code == 1
    assert "Succès@1" in shown.out
    assert "Écrit" not in shown.out
    assert shown.err.startswith("Erreur : Le classement appris ne fait pas mieux que la fusion simple")
    assert shown.err.count("\n") == 1
    read = assistant(*asked, "--json")
    assert (read.code, read.json["wins"]) == (1, False)
    assert not kept.exists()


def test_several_files_are_several_sets(assistant: Assistant, filled: str, tmp_path: Path) -> None:
    law, fiches = _written(tmp_path / "law.jsonl", WRONG), _written(tmp_path / "fiches.jsonl", WRONG)
    learned = assistant("calibrate", "--questions", f"{law}={filled}", "--questions", fiches, "--json").json
    assert learned["sets"].keys() == learned["ranker"]["learned"]["ranked"].keys() == {"law.jsonl", "fiches.jsonl"}


def test_a_file_of_somebody_else_is_said_before_any_question(assistant: Assistant, tmp_path: Path) -> None:
    other = tmp_path / "these.json"
    other.write_text("{}")
    questions = _written(tmp_path / "fiches.jsonl", RIGHT)
    asked = assistant("calibrate", "--questions", f"{questions}=Nulle part", "--save", other)
    assert "ne l’a pas écrit" in asked.error
    assert other.read_text() == "{}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{file}=Nulle part", "Nulle part"),
        ("{file}=", "après « {file}= »"),
        ("/nulle/part.jsonl", "/nulle/part.jsonl ne peut pas être lu : il n’existe pas"),
        ("/nulle/part.jsonl=Codes", "/nulle/part.jsonl ne peut pas être lu : il n’existe pas"),
    ],
)
def test_what_cannot_be_asked_is_one_line(assistant: Assistant, tmp_path: Path, given: str, said: str) -> None:
    file = _written(tmp_path / "fiches.jsonl", RIGHT)
    assert said.format(file=file) in assistant("calibrate", "--questions", given.format(file=file)).error


def test_too_few_questions_are_an_error_that_says_what_to_do(assistant: Assistant, filled: str, tmp_path: Path) -> None:
    questions = _written(tmp_path / "fiches.jsonl", {"retraite": "retraite"})
    assert "plus de questions" in assistant("calibrate", "--questions", f"{questions}={filled}").error
    questions.write_text('{"id": "1", "question": "carte", "relevant": []}')
    assert "« relevant »" in assistant("calibrate", "--questions", f"{questions}={filled}").error


def test_a_file_given_several_times_is_one_set_of_several_collections(tmp_path: Path) -> None:
    file = _written(tmp_path / "fiches.jsonl", RIGHT)
    (one,) = question_sets([f"{file}=Codes", f"{file}=a=b"])
    assert (one["name"], one["collections"], len(one["questions"])) == ("fiches.jsonl", ["Codes", "a=b"], 2)
    with pytest.raises(QuestionsInvalid, match="une seule fois"):
        question_sets([f"{file}=Codes", str(file)])


def test_a_file_may_have_an_equals_sign_in_its_name(tmp_path: Path) -> None:
    file = _written(tmp_path / "a=b.jsonl", RIGHT)
    assert [one["collections"] for one in question_sets([str(file)])] == [[]]
    assert [one["collections"] for one in question_sets([f"{file}=Codes"])] == [["Codes"]]
    _written(tmp_path / "a", RIGHT)
    with pytest.raises(QuestionsInvalid, match="plusieurs fichiers"):
        question_sets([str(file)])


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "law").mkdir()
    files = [_written(tmp_path / folder / "dev.jsonl", RIGHT) for folder in (".", "law")]
    with pytest.raises(QuestionsInvalid, match="Renommez"):
        question_sets([str(file) for file in files])
