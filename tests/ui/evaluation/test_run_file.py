"""A kept evaluation, read back whole or refused in words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval import EvaluationRun
from tests.retrieval.evaluated import question, run
from ui.errors import RunInvalid
from ui.evaluation.output_file import RUN_MARK
from ui.evaluation.run_file import SEARCHES

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
IDS = st.lists(WORDS, min_size=1, max_size=4, unique=True)
QUESTIONS = st.builds(
    question,
    WORDS,
    IDS,
    IDS,
    words=WORDS,
    latency_ms=st.floats(0, 1e6),
    has_reference=st.booleans(),
    has_unknown_word=st.none() | st.booleans(),
)
RUNS = st.builds(
    run,
    st.lists(QUESTIONS, min_size=1, max_size=3),
    st.dictionaries(WORDS, st.lists(WORDS, max_size=2).map(tuple)),
    k=st.integers(1, 100),
    skipped=st.integers(0, 5),
)
KEPT = SEARCHES.as_json(run([question("q1", ["a"], ["a", "b"])], {"a": ("Fiches",)}))


@given(RUNS)
def test_what_is_kept_is_read_back_as_it_was(kept: EvaluationRun) -> None:
    assert SEARCHES.of(json.loads(SEARCHES.text(kept))) == kept


def test_a_file_is_known_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(SEARCHES.text(run([question("q1", ["a"], [])])), encoding="utf-8")
    assert RUN_MARK in path.read_text(encoding="utf-8")[:100]
    assert SEARCHES.read(path).questions[0].id == "q1"


def _with(**changed: object) -> str:
    return json.dumps(KEPT | {"run": KEPT["run"] | changed})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "coupé"),
        ('{"format": "assistant-evaluation-1", "run": {', "coupé"),
        ("[]", "n’est pas une évaluation"),
        ('{"format": 1}', "n’est pas une évaluation"),
        ('{"id": "1", "question": "a", "relevant": []}', "n’est pas une évaluation"),
        (json.dumps(KEPT | {"format": "assistant-evaluation-2"}), "autre version"),
        ('{"format": "assistant-evaluation-1"}', "abîmé"),
        (_with(k="beaucoup"), "abîmé (k : un nombre entier est attendu)"),
        (_with(k=0), "abîmé"),
        (_with(questions=[]), "au moins une question"),
        (_with(questions=[KEPT["run"]["questions"][0] | {"relevant": []}]), "un document attendu"),
        (_with(questions=[{"id": "q1"}]), "questions.0.question : il manque"),
        (_with(documents=[]), "abîmé"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_name_and_why(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(RunInvalid) as refused:
        SEARCHES.read(path)
    assert str(path) in str(refused.value)
    assert reason in str(refused.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RunInvalid, match="UTF-8"):
        SEARCHES.read(path)
    with pytest.raises(RunInvalid, match="c’est un dossier"):
        SEARCHES.read(tmp_path)
