"""Models and their trials in each of their states, before axe-core."""

from pathlib import Path
from types import SimpleNamespace

from assistant import Format, ModelFiles
from assistant.metrics import EvaluatedAnswer
from assistant.trial import Compared, TrialDone
from tests.assistant.asking import FALSE, QUESTION, TRUE
from tests.assistant.gguf_files import digest, flip
from tests.browser.console.screen import Screen
from tests.browser.console.working import ended, goes_on
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.console.test_models import ADELE
from ui.console.model import TRIAL, Tried
from ui.console.models import IMPORT, VERIFICATION
from ui.model_choice import Choice
from ui.model_in_use import Wish
from ui.models import Copied


async def test_files_that_are_missing_on_their_way_there_and_altered(
    console: Console,
    screen: Screen,
    files: ModelFiles,
    other: Path,
) -> None:
    work, person = console.services.long_work, PEOPLE[ADELE]
    wrong = await console.post(ADELE, "/modeles/import", {"chemin": "modele.gguf"})
    await screen.shows(wrong, "Donnez un chemin entier")
    card = f"/modeles/fiche/{digest(other)}"
    await screen.shows(await console.get(ADELE, card), "Ce fichier n’est pas sur le serveur")
    await goes_on(work, person, IMPORT, Copied(3, 8), about="autre.gguf")
    await goes_on(work, person, VERIFICATION)
    await screen.shows(await console.get(ADELE, "/modeles"), "sont relus")
    for kind in (IMPORT, VERIFICATION):
        await work.stop(person, kind)
    await console.post(ADELE, "/modeles/import", {"chemin": str(other)})
    await work.ended(person, IMPORT)
    await screen.shows(await console.get(ADELE, "/modeles"), "est importé", picture="modeles")
    flip(other, 30)
    await console.post(ADELE, "/modeles/import", {"chemin": str(other)})
    await work.ended(person, IMPORT)
    await screen.shows(await console.get(ADELE, "/modeles"), "incomplet ou altéré")


async def test_a_model_tried_beside_the_one_that_answers(
    console: Console,
    screen: Screen,
    files: ModelFiles,
    other: Path,
) -> None:
    work, person, services = console.services.long_work, PEOPLE[ADELE], console.services
    await console.post(ADELE, "/modeles/import", {"chemin": str(other)})
    await work.ended(person, IMPORT)
    services.model_in_use = SimpleNamespace(choice=Choice(3, "ancien.gguf", "0" * 64, Format.CHATML, 4096, "adele"))
    way = f"/modeles/fiche/{digest(other)}"
    typed = {"format": "", "contexte": "12", "edition": "3", "questions": QUESTION, "reference": "oui"}
    await screen.shows(await console.post(ADELE, f"{way}/essai", typed), "Choisissez comment parler", picture="modele")
    about = Tried(Wish(digest(other), Format.CHATML, 2048), "Le modèle autre", 3)
    compared = Compared(_answer(TRUE), _answer(FALSE), 2)
    await goes_on(work, person, TRIAL, compared, about=about)
    await screen.shows(await console.get(ADELE, "/modeles/essai"), "1 sur 2 questions posées")
    await work.stop(person, TRIAL)
    before = {"false_refusal": 0.05, "supported": 0.94, "citation_recall": 0.9, "first_token_ms_p50": 800.0}
    after = {"false_refusal": 0.1, "supported": 0.88, "citation_recall": 0.86, "first_token_ms_p50": 2100.0}
    await ended(work, person, TRIAL, compared, TrialDone(before, after), about=about)
    await screen.shows(await console.get(ADELE, "/modeles/essai"), "L’essai est terminé", picture="modele-essai")


def _answer(text: str) -> EvaluatedAnswer:
    relevant, supported = frozenset({"maternité"}), int(text == TRUE)
    return EvaluatedAnswer(
        set="",
        id="1",
        question=QUESTION,
        relevant=relevant,
        refused=False,
        extracted=False,
        text=f"{text} [1].",
        supported=supported,
        unsupported=1 - supported,
        cited=("maternité",),
        retrieval_ms=40.0,
        first_token_ms=800.0,
        total_ms=4200.0,
    )
