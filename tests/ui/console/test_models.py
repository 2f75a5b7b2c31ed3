"""`/console/modeles`: what is shown, who may, forms that are wrong, and a change after a trial."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import ModelFiles
from policies import Act
from tests.assistant.asking import LEAVE, QUESTION, TRUE
from tests.assistant.gguf_files import allow, digest, flip, tiny, with_template
from tests.assistant.scripted import Scripted, engine
from tests.ui.console.conftest import Console
from ui import demonstration
from ui.console.model import TRIAL
from ui.console.models import IMPORT, VERIFICATION
from ui.model_in_use import ModelInUse, open_model_in_use
from ui.models import LanguageModels
from ui.settings import Settings

ADELE = "adele"
PATHS = ("/modeles", "/modeles/suite", "/modeles/essai", "/modeles/essai/suite", f"/modeles/fiche/{'0' * 64}")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An allowed model that is not there yet."""
    return tiny(tmp_path / "autre.gguf", b"d'autres poids")


@pytest.fixture
def files(console: Console, tmp_path: Path, other: Path) -> ModelFiles:
    """The list has it alone; the pages stand on that list."""
    files = ModelFiles(allow(tmp_path / "models.toml", other))
    held, services = console.services.model_in_use, console.services
    services.models = LanguageModels(
        files, tmp_path / "home" / "models", held.used_files, console.pool, services.policy, services.ledger
    )
    return files


@pytest.fixture
async def chosen_here(console: Console, tmp_path: Path, gemma: Path) -> AsyncIterator[ModelInUse]:
    """A process whose settings name no model; that of the demonstration is allowed, and its weights with a template."""
    home, services = tmp_path / "data", console.services
    (home / "models").mkdir(parents=True)
    first = home / "models" / demonstration.model_path(home).name
    first.symlink_to(gemma)
    second = with_template(gemma, home / "models" / "second.gguf", "<|im_start|>")
    files = ModelFiles(allow(tmp_path / "deux.toml", first, second))
    settings = Settings(home=home, model_context=1024, model_threads=1)
    async with open_model_in_use(settings, files, console.pool, services.policy, services.ledger) as held:
        services.model_in_use, services.trials = held, replace(services.trials, model=held)
        services.models = LanguageModels(
            files, home / "models", held.used_files, console.pool, services.policy, services.ledger
        )
        yield held


@pytest.mark.parametrize("who", ["gustave", "bob"])
async def test_whoever_is_no_administrator_sees_and_changes_nothing_and_that_is_recorded(
    console: Console, who: str
) -> None:
    for path in PATHS:
        assert (await console.get(who, path)).status_code == 403
    for path in ("import", "verification", "retour", "essai/arret", f"fiche/{'0' * 64}/choix"):
        assert (await console.post(who, f"/modeles/{path}", {"chemin": "/x"})).status_code == 403
    assert {act for act, _ in await console.acts()} == {Act.REFUSED}


async def test_the_page_says_what_answers_and_that_the_settings_name_it(console: Console, files: ModelFiles) -> None:
    page = await console.get(ADELE, "/modeles")
    assert page.status_code == 200
    assert "pas encore mesurée" in page.text
    assert "Les réglages nomment ce qui répond" in page.text
    assert "Le modèle autre" in page.text
    assert "Absent" in page.text


async def test_a_file_is_imported_while_the_page_is_left_and_shown_with_its_card(
    console: Console, files: ModelFiles, other: Path
) -> None:
    for typed in ("", "modele.gguf", "x" * 5_000, "/srv/\u200bmodele"):
        wrong = await console.post(ADELE, "/modeles/import", {"chemin": typed})
        assert wrong.status_code == 422
        assert 'aria-invalid="true"' in wrong.text
    await console.post(ADELE, "/modeles/import", {"chemin": str(other)})
    await _ended(console, IMPORT)
    assert "est importé" in (await console.get(ADELE, "/modeles/suite")).text
    card = await console.get(ADELE, f"/modeles/fiche/{digest(other)}")
    assert (card.status_code, "Apache-2.0" in card.text, "Présent, intact" in card.text) == (200, True, True)
    assert [act for act, _ in await console.acts()] == [Act.MODEL_IMPORTED]


async def test_an_altered_file_is_refused_and_the_reason_is_told_to_who_comes_back(
    console: Console, files: ModelFiles, other: Path
) -> None:
    flip(other, 30)
    await console.post(ADELE, "/modeles/import", {"chemin": str(other)})
    await _ended(console, IMPORT)
    assert "incomplet ou altéré" in (await console.get(ADELE, "/modeles")).text
    assert [act for act, _ in await console.acts()] == [Act.MODEL_REFUSED]


async def test_files_in_use_are_read_again(console: Console, files: ModelFiles) -> None:
    assert (await console.post(ADELE, "/modeles/verification", {"fichiers": "tous"})).status_code == 422
    await console.post(ADELE, "/modeles/verification", {"fichiers": "en-service"})
    await _ended(console, VERIFICATION)
    assert "n’existe pas. Copiez-y un modèle GGUF" in (await console.get(ADELE, "/modeles")).text
    assert [act for act, _ in await console.acts()] == [Act.MODELS_VERIFIED]


async def test_a_model_that_is_not_allowed_is_not_there(console: Console, files: ModelFiles) -> None:
    assert (await console.get(ADELE, f"/modeles/fiche/{'1' * 64}")).status_code == 404


async def test_where_the_settings_name_what_answers_a_choice_is_refused(
    console: Console, files: ModelFiles, other: Path
) -> None:
    fields = {"format": "chatml", "contexte": "2048", "edition": "0"}
    refused = await console.post(ADELE, f"/modeles/fiche/{digest(other)}/choix", fields)
    assert (refused.status_code, "Les réglages nomment ce qui répond" in refused.text) == (409, True)


async def test_a_model_is_tried_beside_the_one_that_answers_then_chosen_then_left_again(
    console: Console, chosen_here: ModelInUse, tmp_path: Path
) -> None:
    await console.collection("Santé", **LEAVE)
    # What answers until then is a script: the candidate alone is a real model here.
    chosen_here.engines.supersede(engine(Scripted(pieces=(TRUE,))))
    second = digest(tmp_path / "data" / "models" / "second.gguf")
    page = await console.get(ADELE, f"/modeles/fiche/{second}")
    assert "Q4_K_M" in page.text
    assert '<option value="chatml" selected' in page.text
    fields = {"format": "completion", "contexte": "1024", "edition": "0", "questions": QUESTION}
    for wrong in (
        *({"format": "inconnu"}, {"contexte": "12"}, {"contexte": "-1"}, {"collection": "zz"}, {"reference": "oui"}),
        *({"questions": " \n "}, {"questions": "x\n" * 21}, {"questions": "x" * 5_000}),
    ):
        refused = await console.post(ADELE, f"/modeles/fiche/{second}/essai", fields | wrong)
        assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
    started = await console.post(ADELE, f"/modeles/fiche/{second}/essai", fields)
    assert started.status_code == 200
    assert "Arrêter l’essai" in started.text
    await _ended(console, TRIAL)
    result = await console.get(ADELE, "/modeles/essai")
    assert "L’essai est terminé." in result.text
    assert TRUE in result.text
    assert "seize semaines" in result.text
    assert chosen_here.choice is not None
    assert chosen_here.choice.version == 0
    await console.post(ADELE, f"/modeles/fiche/{second}/choix", fields)
    assert (chosen_here.engines.first.name, chosen_here.choice.version) == ("second", 1)
    told = await console.post(ADELE, f"/modeles/fiche/{second}/choix", fields | {"format": "gemma"})
    assert (told.status_code, "Un autre administrateur" in told.text) == (409, True)
    back = await console.post(ADELE, "/modeles/retour", {"edition": "1"})
    assert "Le modèle précédent répond de nouveau" in back.text
    acts = [act for act, _ in await console.acts()]
    assert acts.count(Act.TRIED) == 2
    assert acts[-2:] == [Act.MODEL_CHOSEN] * 2


async def _ended(console: Console, kind: str) -> None:
    person = await console.caller()
    await console.services.long_work.ended(person, kind)
