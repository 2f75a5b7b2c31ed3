"""A question tried, sets of questions and evaluations in each of their states, before axe-core."""

from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from assistant import TextStreamed
from assistant.answer import Waiting
from retrieval import Collection, IndexUnavailable, KeptQuestion, QuestionSet
from tests.browser.console.screen import Screen, opens
from tests.browser.console.working import ended, goes_on
from tests.retrieval.evaluated import question
from tests.retrieval.evaluated import run as evaluated
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.console.test_essai import QUESTION, answered
from tests.ui.console.test_evaluation import JUDGED, started
from ui.console.essai import KIND
from ui.evaluation.run_file import SEARCHES

GUSTAVE, ADELE = "gustave", "adele"
UNSEEN = KeptQuestion("q2", "Quel est le montant de la prime de naissance ?", note="Aucun texte n’en parle.")
RUN = (
    "insert into evaluation_run (id, set_id, kind, state, depth, asked_by, questions, done, failure, figures, settings,"
    " result, ended_at) values (%s, %s, 'search', %s, 100, 'gustave', 24, %s, %s, %s, %s, %s,"
    " case when %s in ('queued', 'running') then null else now() end)"
)
LEAVES = ("maternité", "paternité", "naissance", "présence parentale", "proche aidant", "solidarité familiale")


async def test_a_question_tried_in_each_of_its_states(
    console: Console,
    screen: Screen,
    held: QuestionSet,
) -> None:
    work, person = console.services.long_work, PEOPLE[GUSTAVE]
    typed = {"question": QUESTION, "jour": "31/02/2026", "nature": "note"}
    await screen.shows(await console.post(GUSTAVE, "/essai", typed), "Cette date n’existe pas")
    found = await console.post(GUSTAVE, "/essai", {"question": QUESTION, "faire": "chercher"})
    await screen.shows(found, "Passages trouvés", opens("Lire le passage"))
    unfit = {"jeu": str(held.id), "texte": "Qui ?", "attendus": "maternité", "refus": "oui"}
    await screen.shows(await console.post(GUSTAVE, "/essai/question", unfit), "pas les deux")

    tried = work.of(person, KIND)
    assert tried is not None
    search, about = tried.steps[0], tried.about
    await goes_on(work, person, KIND, search, Waiting(2), about=about)
    await screen.shows(await console.get(GUSTAVE, "/essai"), "2 personnes passent")
    await work.stop(person, KIND)
    await goes_on(work, person, KIND, search, TextStreamed("Le congé de maternité dure"), about=about)
    await screen.shows(await console.get(GUSTAVE, "/essai"), "Réponse en cours")
    await work.stop(person, KIND)
    await ended(work, person, KIND, search, error=IndexUnavailable("L’index ne répond pas."), about=about)
    await screen.shows(await console.get(GUSTAVE, "/essai"), "La réponse n’a pas abouti")


async def test_an_answer_with_another_persons_eyes(
    console: Console,
    screen: Screen,
    collection: Collection,
) -> None:
    await answered(console, ADELE, voir="gina")
    page = await console.get(ADELE, "/essai")
    await screen.shows(page, "avec les yeux de", opens("à la lettre"), opens("avant toute"), picture="essai")


async def test_sets_of_questions_with_and_without_questions(
    console: Console,
    screen: Screen,
    collection: Collection,
) -> None:
    await screen.shows(await console.get(GUSTAVE, "/evaluation"), "Il faut d’abord des questions")
    await screen.shows(await console.get(GUSTAVE, "/evaluation/jeux"), "Aucun jeu pour le moment")
    sets = console.services.question_sets
    made = await sets.create(PEOPLE[GUSTAVE], collection, "Accueil")
    await sets.put(PEOPLE[GUSTAVE], made.id, [JUDGED, UNSEEN])
    here = f"/evaluation/jeux/{made.id}"
    again = {"nom": "accueil", "collection": str(collection.id)}
    taken = await console.post(GUSTAVE, "/evaluation/jeux", again)
    await screen.shows(taken, "a déjà un jeu", picture="evaluation-jeux")
    typed = {"nom": "Guichet", "reference": "oui", "edition": "1"}
    await console.post(GUSTAVE, here, typed)
    await screen.shows(await console.post(ADELE, here, typed | {"nom": "Accueil bis"}), "Guichet")
    wrong = await console.post(GUSTAVE, f"{here}/questions", {"texte": "Et ?", "autres": "rien"})
    await screen.shows(wrong, "n’a pas de document", picture="evaluation-jeu")
    fields = {"id": "q1", "edition": "0", "texte": f"{QUESTION} Vraiment ?", "autres": "maternité"}
    await console.post(GUSTAVE, f"{here}/question", fields)
    late = await console.post(GUSTAVE, f"{here}/question", fields | {"texte": "Autre ?"})
    await screen.shows(late, "Vraiment", picture="evaluation-question")


@pytest.fixture
async def runs(console: Console, held: QuestionSet) -> dict[str, UUID]:
    """An evaluation in each of its states."""
    sets, made = console.services.question_sets, dict[str, UUID]()
    await sets.put(PEOPLE[GUSTAVE], held.id, [JUDGED])
    for state, done, failure in (
        ("queued", 0, ""),
        ("running", 9, ""),
        ("failed", 3, "L’index ne répond pas. Réessayez dans un moment."),
        ("cancelled", 12, ""),
        ("interrupted", 7, ""),
    ):
        made[state] = await kept(console, held, state, done, failure)
    return made


async def kept(
    console: Console, held: QuestionSet, state: str, done: int, failure: str = "", found: int = 0, **settings: str
) -> UUID:
    """An evaluation of 24 questions; one that is finished has found the document of so many of them at once."""
    run, result, figures = uuid4(), None, {}
    if state == "finished":
        asked = [f"Combien de jours dure le congé de {LEAVES[n % 6]} ({n // 6 + 1}) ?" for n in range(24)]
        places = [["maternité"] if n < found else ["retraite", "maternité"][n % 2 :] for n in range(24)]
        judged = [question(f"q{n}", ["maternité"], places[n], words=asked[n]) for n in range(24)]
        result = Jsonb(SEARCHES.as_json(evaluated(judged, {"maternité": ("Notes",)})))
        figures = {"success@5": found / 24, "ndcg@10": found / 24, "latency_ms_p50": 12.0}
    values = [run, held.id, state, done, failure, Jsonb(figures), Jsonb(settings), result, state]
    async with console.pool.connection() as connection:
        await connection.execute(RUN, values)
    return run


async def test_evaluations_that_wait_go_on_fail_and_are_cancelled(
    console: Console, screen: Screen, runs: dict[str, UUID]
) -> None:
    for state, said in (
        ("running", "9 questions posées sur 24"),
        ("failed", "L’évaluation n’a pas abouti"),
        ("cancelled", "Recommencer la même"),
    ):
        await screen.shows(await console.get(GUSTAVE, f"/evaluation/{runs[state]}"), said)
    wrong = await console.post(GUSTAVE, "/evaluation", {"jeu": "", "mesure": "search", "profondeur": "1000"})
    await screen.shows(wrong, "de 1 à 100")
    await screen.shows(await console.get(GUSTAVE, f"/evaluation?pour={uuid4()}"), "Aucun résultat")


async def test_two_that_are_compared_one_of_them_worse(
    console: Console,
    screen: Screen,
    held: QuestionSet,
    runs: dict[str, UUID],
) -> None:
    first = await kept(console, held, "finished", 24, found=20, ranker="ancien")
    second = await kept(console, held, "finished", 24, found=11, ranker="nouveau")
    await screen.shows(await console.get(GUSTAVE, f"/evaluation/{second}"), "Terminée", picture="evaluation-finie")
    await screen.shows(await console.get(GUSTAVE, "/evaluation"), "Interrompue", picture="evaluation")
    compared = f"/evaluation/comparaison?avant={first}&apres={second}&marge=0,02"
    await screen.shows(await console.get(GUSTAVE, compared), "Barrière fermée", picture="evaluation-comparaison")
    good = await console.get(GUSTAVE, f"/evaluation/comparaison?avant={second}&apres={first}")
    await screen.shows(good, "Barrière franchie")
    await console.services.question_sets.put(PEOPLE[GUSTAVE], held.id, [UNSEEN])
    other = await started(console, held, "search")
    differ = await console.get(GUSTAVE, f"/evaluation/comparaison?avant={first}&apres={other}")
    await screen.shows(differ, "ne se compare pas")
