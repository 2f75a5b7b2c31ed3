"""`assistant questions`, `assistant evaluate --set` and `assistant evaluations`, through a real socket."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter

from retrieval import Search
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from tests.ui.made_services import made_services
from ui.commands.main import application
from ui.control.evaluations import evaluations_router
from ui.control.questions import questions_router

QUESTION = "Combien de semaines dure le congé de maternité ?"
TEXTS = {"maternité": "Le congé de maternité dure seize semaines.", "retraite": "L'âge de la retraite est fixé."}
LINES = [
    {"id": "q1", "question": QUESTION, "relevant": ["maternité"]},
    {"id": "q2", "question": "zzz qqq", "relevant": [], "note": "hors sujet"},
]


@pytest.fixture
async def run(
    tmp_path: Path,
    corpus: Corpus,
    search: Search,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AsyncIterator[Run]:
    """Commands beside a server that has these routes, and a collection."""
    await corpus.collection("Santé", TEXTS)
    home = tmp_path / "home"
    async with made_services(tmp_path / "made", corpus, search) as services:
        routes = APIRouter()
        routes.include_router(questions_router(services.question_sets))
        routes.include_router(evaluations_router(services.question_sets, services.evaluations))
        async with serving(home, routes):
            yield runner(home, monkeypatch, capsys)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of two questions."""
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES), encoding="utf-8")
    return path


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A file that is none of questions."""
    path = tmp_path / "abime.jsonl"
    path.write_text("{", encoding="utf-8")
    return path


async def test_a_set_is_made_filled_exported_and_deleted(run: Run, path: Path, tmp_path: Path) -> None:
    assert "Aucun jeu" in (await run(application, "questions", "list")).out
    assert (
        "Créé : Accueil (Santé)."
        in (await run(application, "questions", "create", "Accueil", "--collection", "Santé")).out
    )
    told = await run(application, "questions", "import", "Accueil", path)
    assert "Ajoutées : 2, modifiées : 0, inchangées : 0." in told.out
    added = await run(application, "questions", "add", "Accueil", "Et ?", "--document", "retraite", "--json")
    assert added.json == {"added": 1, "changed": 0, "unchanged": 0}
    assert (await run(application, "questions", "add", "Accueil", "Et ?")).code != 0
    assert "De référence" in (await run(application, "questions", "golden", "Accueil")).out
    assert "3 questions, de référence" in (await run(application, "questions", "list")).out
    exported = [
        json.loads(line) for line in (await run(application, "questions", "export", "Accueil")).out.splitlines()
    ]
    assert [one for one in exported if one["id"] in ("q1", "q2")] == LINES
    copy = tmp_path / "copie.jsonl"
    await run(application, "questions", "export", "Accueil", copy)
    assert "inchangées : 3" in (await run(application, "questions", "import", "Accueil", copy)).out
    assert "ne sera pas écrit" in (await run(application, "questions", "export", "Accueil", copy)).error
    assert "Retirées : 1 question." in (await run(application, "questions", "remove", "Accueil", "q2", "rien")).out
    assert "Renommé : Guichet" in (await run(application, "questions", "rename", "Accueil", "Guichet")).out
    assert "Supprimé : Guichet" in (await run(application, "questions", "delete", "Guichet", "--yes")).out
    assert "n’existe pas" in (await run(application, "questions", "export", "Guichet")).error


async def test_a_set_is_evaluated_kept_and_compared(run: Run, path: Path, tmp_path: Path) -> None:
    await run(application, "questions", "create", "Accueil", "--collection", "Santé")
    await run(application, "questions", "import", "Accueil", path)
    first = (await run(application, "evaluate", "--set", "Accueil", "--json")).json
    assert (first["state"], first["done"], first["metrics"]["success@1"]) == ("finished", 1, 1)
    second = (await run(application, "evaluate", "--set", "Accueil", "--json")).json
    answers = (await run(application, "evaluate", "--set", "Accueil", "--answers", "--json")).json
    assert (answers["of"], answers["metrics"]["refusal"]) == ("answers", 1)
    shown = await run(application, "evaluations", "show", first["id"])
    assert "nDCG@10" in shown.out
    again = (await run(application, "evaluations", "again", first["id"], "--json")).json
    assert (again["id"] != first["id"], again["state"], again["of"]) == (True, "finished", "search")
    for narrowed, number in (
        ((), 4),
        (("--state", "finished", "--collection", "Santé"), 4),
        (("--state", "failed"), 0),
    ):
        listed = await run(application, "evaluations", "list", *narrowed, "--json")
        assert len(listed.json["evaluations"]) == number
    compared = await run(application, "evaluations", "compare", first["id"], second["id"], "--gate", "0.02")
    assert (compared.code, "1 questions communes" in compared.out) == (0, True)
    different = await run(application, "evaluations", "compare", first["id"], answers["id"])
    assert "ne se compare pas" in different.error
    assert "finished" in (await run(application, "evaluations", "cancel", first["id"])).out
    page = tmp_path / "rapport.html"
    written = await run(application, "evaluations", "report", answers["id"], page)
    assert (written.code, "Évaluation des réponses" in page.read_text()) == (0, True)
    await run(application, "evaluations", "report", second["id"], page, "--against", first["id"])
    assert "Comparée à" in page.read_text()
    mixed = await run(application, "evaluations", "report", second["id"], page, "--against", answers["id"])
    assert "ne se compare pas" in mixed.error


async def test_what_cannot_be_evaluated_is_one_clear_line(run: Run, path: Path, broken: Path, tmp_path: Path) -> None:
    assert "--set" in (await run(application, "evaluate")).error
    assert "l’un des deux" in (await run(application, "evaluate", "--set", "X", "--questions", path)).error
    assert "n’existe pas" in (await run(application, "evaluate", "--set", "X")).error
    kept = await run(application, "evaluate", "--set", "X", "--save", tmp_path / "x.json")
    assert "evaluations compare" in kept.error
    assert "ligne 1" in (await run(application, "questions", "import", "X", broken)).error
