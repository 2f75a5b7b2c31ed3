"""`assistant prompts`, and the choice of the model by `assistant models`, on a real socket with scripted engines."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant import Ask, Engines, Guidance, ModelFiles
from policies import Act, CedarPolicy, PostgresLedger
from retrieval import Search
from tests.assistant.asking import LEAVE, QUESTION, TRUE, acts
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from tests.ui.commands.running import Run, runner, serving
from ui.commands.models import models
from ui.commands.prompts import prompts
from ui.control.guidance import guidance_router
from ui.control.model_choice import ModelServices, model_choice_router
from ui.database import Pool
from ui.model_in_use import ModelInUse
from ui.settings import Settings
from ui.trials import Trials


@pytest.fixture
async def home(tmp_path: Path, pool: Pool, policy: CedarPolicy, search: Search, corpus: Corpus) -> AsyncIterator[Path]:
    """The data folder of a server whose settings name its model, which says the same to everything."""
    await corpus.collection("Santé", LEAVE)
    home, ledger, model = tmp_path / "home", PostgresLedger(), engines(Scripted(pieces=(TRUE,)))
    guidance = Guidance(pool, policy, ledger)
    in_use = ModelInUse(Settings(home=home, llm="http://127.0.0.1:9/v1"), ModelFiles(), pool, policy, ledger, model)

    def asking(tried: Engines, told: object) -> Ask:
        return Ask(search, tried, ledger, pool, guidance=told)  # type: ignore[arg-type]

    trials = Trials(pool, ledger, in_use, guidance, asking)
    async with serving(home, guidance_router(guidance, trials), model_choice_router(ModelServices(in_use, trials))):
        yield home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(home, monkeypatch, capsys)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "consignes.txt"
    path.write_text("Vouvoyez l’agent.\n", encoding="utf-8")
    return path


async def test_instructions_are_shown_put_compared_and_restored(run: Run, text: Path, pool: Pool) -> None:
    assert "n’ajoute aucune consigne" in (await run(prompts, "show")).out
    assert "(version 1)" in (await run(prompts, "put", text)).out
    assert (await run(prompts, "show")).out == "Vouvoyez l’agent.\n"
    assert (await run(prompts, "put", "--none", "--json")).json["text"] == ""
    assert (await run(prompts, "diff")).out == "- Vouvoyez l’agent.\n"
    assert (await run(prompts, "diff", "--to", "1", "--json")).json["lines"] == [["+", "Vouvoyez l’agent."]]
    assert (await run(prompts, "restore", "--version", "1", "--json")).json["version"] == 3
    shown = (await run(prompts, "show", "--version", "3", "--json")).json
    assert [one["version"] for one in shown["versions"]] == [1, 2, 3]
    assert await acts(pool) == [Act.GUIDANCE_CHANGED] * 3


async def test_instructions_are_tried_on_questions_and_change_nothing(run: Run, text: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"id": "1", "question": QUESTION, "relevant": ["Congé de maternité"]}))
    shown = await run(prompts, "try", text, "--trial", file)
    assert shown.code == 0
    assert shown.out.count(TRUE) == 2
    assert "1 document(s) attendu(s) cité(s)" in shown.out
    tried = (await run(prompts, "try", text, "--question", QUESTION, "--json")).json
    assert (len(tried["questions"]), tried["after"]["supported"]) == (1, 1.0)
    assert "n’ajoute aucune consigne" in (await run(prompts, "show")).out


async def test_what_is_wrong_is_one_french_line(run: Run, text: Path, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("é" * 2_001)
    for arguments, says in [
        (("put", tmp_path / "absent.txt"), "ne peut pas être lu"),
        (("put", long), "2000 au plus"),
        (("restore", "--version", "9"), "il n’y en a encore aucune"),
        (("show", "--version", "9"), "pas de version 9"),
        (("diff",), "aucune consigne"),
    ]:
        assert says in (await run(prompts, *arguments)).error
    assert (await run(prompts, "put")).code == 2


async def test_what_answers_is_told_and_where_the_settings_name_it_no_other_is_chosen(run: Run) -> None:
    shown = await run(models, "current")
    assert "essai : essai, en service, 0 en cours, 0 en attente" in shown.out
    assert "Les réglages nomment ce qui répond" in shown.out
    assert (await run(models, "current", "--json")).json["choice"] is None
    assert "Les réglages nomment ce qui répond" in (await run(models, "use", "autre.gguf")).error
    assert "Les réglages nomment ce qui répond" in (await run(models, "back")).error
