"""`assistant evaluate --answers` and `assistant calibrate --unanswerable`: figures, files to keep, and the gate."""

import json
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant import read_evidence
from tests.ui.commands.conftest import Assistant
from ui.evaluation.answers_file import ANSWERS

TEXTS = {
    "teletravail": "Le télétravail est ouvert trois jours par semaine.",
    "vitale": "La carte Vitale se renouvelle en ligne.",
    "maternite": "Le congé de maternité dure seize semaines.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
    "prime": "La prime d'activité complète les revenus du travail.",
}
ANSWERED = [
    ("1", "Combien de jours le télétravail est-il ouvert ?", "teletravail"),
    ("2", "Comment se renouvelle la carte Vitale ?", "vitale"),
    ("3", "Combien de semaines dure le congé de maternité ?", "maternite"),
    ("4", "Quel est l'âge légal de départ à la retraite ?", "retraite"),
    ("5", "Que complète la prime d'activité ?", "prime"),
]
UNANSWERED = [
    ("6", "Qui a peint la Joconde ?", ""),
    ("7", "Comment accorder un violon ?", ""),
    ("8", "Où voir des aurores boréales ?", ""),
    ("9", "Quelle farine pour une brioche ?", ""),
    ("10", "Comment immatriculer une moto ?", ""),
]


@pytest.fixture
def filled(assistant: Assistant, collection: str, tmp_path: Path) -> str:
    texts = tmp_path / "textes.jsonl"
    texts.write_text("".join(json.dumps({"id": id_, "title": id_, "text": text}) + "\n" for id_, text in TEXTS.items()))
    assistant("ingest", texts, "--collection", collection)
    return collection


def _written(path: Path, questions: Sequence[tuple[str, str, str]]) -> Path:
    lines = [
        {"id": id_, "question": text, "relevant": [relevant] * bool(relevant)} for id_, text, relevant in questions
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_answers_are_measured_kept_and_fail_at_the_gate(assistant: Assistant, filled: str, tmp_path: Path) -> None:
    kept = tmp_path / "reponses.json"
    hopeless = ("11", "Qui a peint la Joconde ?", "vitale")  # refused whatever is said to answer it
    fiches = _written(tmp_path / "fiches.jsonl", [ANSWERED[0], hopeless])
    none = _written(tmp_path / "sans.jsonl", UNANSWERED[:2])
    asked = ("evaluate", "--answers", "--questions", f"{fiches}={filled}", "--questions", none, "--save", kept)
    first = assistant(*asked, "--report", tmp_path / "rapport.html")
    assert first.code == 0
    assert "Évaluation des réponses" in (tmp_path / "rapport.html").read_text()
    assert "Sans réponse : refusées" in first.out
    assert f"Écrit : {kept}" in first.out
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    run = ANSWERS.read(kept)
    assert [one.set for one in run.answers] == ["fiches.jsonl"] * 2 + ["sans.jsonl"] * 2

    again = assistant(*asked, "--gate", "0.5", "--json").json
    assert again["metrics"].keys() >= {"refusal", "false_refusal", "total_ms_p95"}
    assert again["fallen"] == []

    better = json.loads(ANSWERS.text(run))
    for one in better["run"]["answers"]:  # as no model answers
        one |= {"refused": not one["relevant"], "cited": one["relevant"], "supported": 1, "unsupported": 0}
    kept.write_text(json.dumps(better))
    worse = assistant(*asked, "--gate", "0")
    assert worse.code == 1
    assert "reste la référence" in worse.err
    assert "Recul de plus de 0,0 %" in worse.out
    assert json.loads(kept.read_text()) == better


def test_what_cannot_be_compared_is_said_before_any_question(assistant: Assistant, filled: str, tmp_path: Path) -> None:
    fiches = _written(tmp_path / "fiches.jsonl", ANSWERED[:1])
    asked = ("evaluate", "--answers", "--questions", f"{fiches}={filled}")
    assert "--against" in assistant(*asked, "--gate", "0.1").error
    kept = tmp_path / "reponses.json"
    assert assistant(*asked, "--save", kept).code == 0
    _written(fiches, ANSWERED[1:2])
    assert "d’autres questions" in assistant(*asked, "--against", kept).error
    kept.write_text(kept.read_text()[:-40])
    assert "coupé" in assistant(*asked, "--against", kept).error
    assert "--gate" in assistant("evaluate", "--questions", fiches, "--gate", "0.1").error
    assert "un seul fichier" in assistant("evaluate", "--questions", fiches, "--questions", fiches).error


def test_when_to_refuse_is_learned_shown_and_kept(assistant: Assistant, filled: str, tmp_path: Path) -> None:
    kept = tmp_path / "refus.json"
    fiches, none = _written(tmp_path / "fiches.jsonl", ANSWERED), _written(tmp_path / "sans.jsonl", UNANSWERED)
    asked = ("calibrate", "--questions", f"{fiches}={filled}", "--unanswerable", none, "--save", kept)
    learned = assistant(*asked)
    assert learned.code == 0
    assert f"fiches.jsonl, {filled}" in learned.out
    assert "ASSISTANT_REFUSAL" in learned.out
    evidence = read_evidence(kept)
    assert dict(evidence.learned)["questions"][f"fiches.jsonl, {filled}"] == 5
    assert ANSWERED[0][1] not in kept.read_text(encoding="utf-8")
    assert assistant(*asked, "--json").json["evidence"]["weights"] == dict(evidence.weights)


def test_too_few_questions_to_learn_from_are_an_error_that_says_what_to_do(
    assistant: Assistant, filled: str, tmp_path: Path
) -> None:
    fiches, none = _written(tmp_path / "fiches.jsonl", ANSWERED), _written(tmp_path / "sans.jsonl", UNANSWERED[:1])
    asked = ("calibrate", "--questions", f"{fiches}={filled}", "--unanswerable", none)
    assert "--unanswerable" in assistant(*asked).error
