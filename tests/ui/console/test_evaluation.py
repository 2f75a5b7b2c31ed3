"""`/console/evaluation`: sets of questions, evaluations of them, and two side by side."""

import json
from uuid import UUID, uuid4

import httpx
import pytest

from policies import Act
from retrieval import Collection, KeptQuestion, QuestionSet
from retrieval.question_set import MOST_QUESTIONS
from tests.ui.console.conftest import Console
from tests.ui.two_people import GUSTAVE
from ui.evaluation.answers_file import ANSWERS
from ui.evaluation.run_file import SEARCHES
from ui.evaluation.set_file import LARGEST

QUESTION = "Combien de semaines dure le congé de maternité ?"
TEXTS = {"maternité": "Le congé de maternité dure seize semaines.", "retraite": "L'âge de la retraite est fixé."}
JUDGED = KeptQuestion("q1", QUESTION, frozenset({"maternité"}))
UNANSWERED = KeptQuestion("q2", "<b>zzz</b> qqq ?")


@pytest.fixture
async def collection(console: Console) -> Collection:
    return await console.collection("Notes", **TEXTS)


@pytest.fixture
async def held(console: Console, collection: Collection) -> QuestionSet:
    sets = console.services.question_sets
    made: QuestionSet = await sets.create(GUSTAVE, collection, "Accueil")
    await sets.put(GUSTAVE, made.id, [JUDGED, UNANSWERED])
    return made


async def started(console: Console, held: QuestionSet, kind: str) -> str:
    page = await console.post("gustave", "/evaluation", {"jeu": str(held.id), "mesure": kind, "profondeur": "10"})
    assert page.status_code == 200
    run = str(page.url).rpartition("/")[2]
    await console.services.evaluations.ended(UUID(run))
    return run


async def test_a_set_is_made_filled_corrected_and_deleted_by_its_name(console: Console, collection: Collection) -> None:
    page = await console.post("gustave", "/evaluation/jeux", {"nom": "Accueil", "collection": str(collection.id)})
    assert "Le jeu de questions est créé." in page.text
    here = "/evaluation/jeux/" + str(page.url.path).rpartition("/")[2]
    again = await console.post("gustave", "/evaluation/jeux", {"nom": "accueil", "collection": str(collection.id)})
    assert (again.status_code, "a déjà un jeu" in again.text) == (422, True)
    await console.post("gustave", f"{here}/questions", {"texte": QUESTION, "autres": "maternité\nretraite\n"})
    wrong = await console.post("gustave", f"{here}/questions", {"texte": "Et ?", "autres": "rien"})
    assert (wrong.status_code, "n’a pas de document" in wrong.text, ">\nEt ?</textarea>" in wrong.text) == (
        422,
        True,
        True,
    )
    [one] = await console.services.question_sets.all(GUSTAVE)
    [kept] = await console.services.question_sets.questions(GUSTAVE, one.id)
    assert kept.relevant == frozenset({"maternité", "retraite"})
    form = await console.get("gustave", f"{here}/question?id={kept.id}")
    assert "maternité\nretraite</textarea>" in form.text
    typed = {"id": kept.id, "edition": "0", "texte": f"{QUESTION} Vraiment ?", "autres": "maternité"}
    assert "La question est corrigée." in (await console.post("gustave", f"{here}/question", typed)).text
    second = await console.post("gustave", f"{here}/question", typed | {"texte": "Autre ?"})
    assert (second.status_code, "Vraiment" in second.text, "Autre ?" in second.text) == (409, True, True)
    await console.post("gustave", f"{here}/retrait", {"id": kept.id})
    assert (await console.post("gustave", f"{here}/suppression", {"confirmation": "x"})).status_code == 422
    gone = await console.post("gustave", f"{here}/suppression", {"confirmation": "Accueil"})
    assert "Le jeu de questions est supprimé" in gone.text
    assert (await console.get("gustave", here)).status_code == 404


async def test_two_who_rename_a_set_do_not_undo_each_other(console: Console, held: QuestionSet) -> None:
    here = f"/evaluation/jeux/{held.id}"
    typed = {"nom": "Guichet", "reference": "oui", "edition": "1"}
    assert "De référence" in (await console.post("gustave", here, typed)).text
    second = await console.post("adele", here, {"nom": "Accueil bis", "edition": "1"})
    assert (second.status_code, "Guichet" in second.text, "Accueil bis" in second.text) == (409, True, True)


async def test_a_file_is_exported_and_imported_as_the_command_line_reads_it(
    console: Console, held: QuestionSet
) -> None:
    here = f"/evaluation/jeux/{held.id}"
    exported = await console.get("gustave", f"{here}/questions.jsonl")
    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert lines == [
        {"id": "q1", "question": QUESTION, "relevant": ["maternité"]},
        {"id": "q2", "question": UNANSWERED.question, "relevant": []},
    ]
    assert "n’a rien changé" in (await _imported(console, here, exported.content)).text
    more = json.dumps({"id": "q3", "question": "Et ?", "relevant": ["retraite"], "note": "n", "other": 1}).encode()
    assert "sont dans le jeu" in (await _imported(console, here, exported.content + more)).text
    assert len(await console.services.question_sets.questions(GUSTAVE, held.id)) == 3
    for content, said in (
        (b"", "est vide"),
        (b"{", "ligne 1"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"id": "q", "question": "?", "relevant": []}', "question"),
        (more + b"\n" + more, "deux questions"),
        (b"x" * (LARGEST + 1), "Mio"),
        (
            b"\n".join(b'{"id": "%d", "question": "Et ?", "relevant": []}' % n for n in range(MOST_QUESTIONS + 1)),
            "au plus",
        ),
    ):
        page = await _imported(console, here, content)
        assert (page.status_code, said in page.text) == (422, True), said
    assert len(await console.services.question_sets.questions(GUSTAVE, held.id)) == 3


async def _imported(console: Console, here: str, content: bytes) -> httpx.Response:
    await console.get("gustave", "/evaluation/jeux")
    return await console.http.post(
        f"/console{here}/import", files={"fichier": ("q.jsonl", content)}, follow_redirects=True
    )


async def test_a_search_and_answers_are_measured_read_and_downloaded(console: Console, held: QuestionSet) -> None:
    searched = await started(console, held, "search")
    page = (await console.get("gustave", f"/evaluation/{searched}")).text
    for shown in ("Terminée", "nDCG@10", "Question par question", "premier attendu au rang 1", "Modèle de vecteurs"):
        assert shown in page
    assert "hx-get" not in page
    answered = await started(console, held, "answers")
    page = (await console.get("gustave", f"/evaluation/{answered}")).text
    for shown in ("Phrases vérifiées", "refusée, à raison", "&lt;b&gt;zzz", "cite 1 des 1 documents attendus"):
        assert shown in page
    assert "<b>zzz" not in page
    kept = await console.get("gustave", f"/evaluation/{searched}/resultat.json")
    assert SEARCHES.of(kept.json()).questions[0].id == "q1"
    assert len(ANSWERS.of((await console.get("gustave", f"/evaluation/{answered}/resultat.json")).json()).answers) == 2
    report = await console.get("gustave", f"/evaluation/{searched}/rapport.html")
    assert report.headers["Content-Disposition"].startswith("attachment")
    assert "Évaluation de la recherche" in report.text
    assert f"/evaluation/{answered}/rapport.html" in page
    assert "Évaluation des réponses" in (await console.get("gustave", f"/evaluation/{answered}/rapport.html")).text
    listed = (await console.get("gustave", "/evaluation?quoi=search&etat=finished&tri=-questions")).text
    assert (f"/evaluation/{searched}" in listed, f"/evaluation/{answered}" in listed) == (True, False)
    assert "Aucun résultat" in (await console.get("gustave", f"/evaluation?pour={uuid4()}")).text
    assert "semaines" not in str(await console.acts())
    assert Act.EVALUATED in [act for act, _ in await console.acts()]


async def test_two_are_compared_with_the_questions_that_got_worse_and_the_gate(
    console: Console, held: QuestionSet
) -> None:
    first = await started(console, held, "search")
    second = await started(console, held, "search")
    page = (await console.get("gustave", f"/evaluation/comparaison?avant={first}&apres={second}")).text
    for shown in ("Barrière franchie", "1 question commune", "mêmes modèles", "Questions moins bien traitées (0)"):
        assert shown in page
    async with console.pool.connection() as connection:
        await connection.execute(
            "update evaluation_run set result = replace(result::text, '\"maternité\"', '\"ailleurs\"')::jsonb, "
            'settings = settings || \'{"ranker": "neuf"}\' where id = %s',
            [second],
        )
    worse = await console.get("gustave", f"/evaluation/comparaison?avant={first}&apres={second}")
    assert (worse.status_code, "aucune question commune" in worse.text) == (422, True)
    async with console.pool.connection() as connection:
        await connection.execute(
            "update evaluation_run set result = jsonb_set(jsonb_set(replace(result::text, '\"ailleurs\"', "
            "'\"maternité\"')::jsonb, '{run,questions,0,found}', '[]'), '{run,at}', '\"2026-03-01T00:00:00Z\"') "
            "where id = %s",
            [second],
        )
    page = (await console.get("gustave", f"/evaluation/comparaison?avant={first}&apres={second}&marge=0,02")).text
    for shown in (
        "Barrière fermée",
        "Questions moins bien traitées (1)",
        "rang 1",
        "non trouvé",
        "Empreinte de l’ordre",
    ):
        assert shown in page
    report = await console.get("gustave", f"/evaluation/{second}/rapport.html?avant={first}")
    assert "Comparée à" in report.text


async def test_wrong_forms_keep_what_was_typed_and_say_what_is_wrong(console: Console, held: QuestionSet) -> None:
    empty = await console.services.question_sets.create(GUSTAVE, held.collection, "Vide")
    for typed, said in (
        ({"jeu": "", "mesure": "search"}, "Choisissez un jeu"),
        ({"jeu": str(held.id), "mesure": "tout"}, "Dites ce qu’il faut mesurer"),
        ({"jeu": str(held.id), "mesure": "search", "profondeur": "1000"}, "de 1 à 100"),
        ({"jeu": str(empty.id), "mesure": "answers"}, "question"),
    ):
        page = await console.post("gustave", "/evaluation", typed)
        assert (page.status_code, said in page.text) == (422, True), typed
    for query in ("etat=x", "quoi=x"):
        assert (await console.get("gustave", f"/evaluation?{query}")).status_code == 422
    assert (await console.get("gustave", "/evaluation?pour=x&page=-1&tri=;drop")).status_code == 200


async def test_what_is_another_keepers_or_forged_is_not_there(console: Console, held: QuestionSet) -> None:
    run = await started(console, held, "search")
    for set_id in (str(held.id), str(uuid4()), "x", "a'b"):
        here = f"/evaluation/jeux/{set_id}"
        for path in (here, f"{here}/question?id=q1", f"{here}/questions.jsonl"):
            assert (await console.get("gina", path)).status_code == 404, path
        for path in ("", "/questions", "/question", "/retrait", "/import", "/suppression"):
            fields = {"id": "q1", "nom": "x", "texte": "x", "refus": "oui", "edition": "0", "confirmation": "Accueil"}
            assert (await console.post("gina", f"{here}{path}", fields)).status_code == 404, path
    assert (await console.post("gina", "/evaluation", {"jeu": str(held.id), "mesure": "search"})).status_code == 404
    for run_id in (run, str(uuid4()), "x"):
        here = f"/evaluation/{run_id}"
        for path in (here, f"{here}/suite", f"{here}/resultat.json", f"{here}/rapport.html"):
            assert (await console.get("gina", path)).status_code == 404, path
        for path in ("annulation", "reprise"):
            assert (await console.post("gina", f"{here}/{path}")).status_code == 404, path
        compared = f"/evaluation/comparaison?avant={run_id}&apres={run_id}"
        assert (await console.get("gina", compared)).status_code == 404
    for path in ("/evaluation", "/evaluation/jeux"):
        assert str(held.id) not in (await console.get("gina", path)).text
    kept = await console.services.question_sets.questions(GUSTAVE, held.id)
    assert kept == [JUDGED, UNANSWERED]


async def test_one_that_is_cancelled_can_be_started_again(console: Console, held: QuestionSet) -> None:
    run = await started(console, held, "search")
    async with console.pool.connection() as connection:
        await connection.execute("update evaluation_run set state = 'running', ended_at = null where id = %s", [run])
    assert f'hx-get="/a/console/evaluation/{run}/suite"' in (await console.get("gustave", f"/evaluation/{run}")).text
    cancelled = await console.post("gustave", f"/evaluation/{run}/annulation")
    assert "L’évaluation est annulée." in cancelled.text
    assert "Annulée" in (await console.get("gustave", f"/evaluation/{run}/suite")).text
    again = await console.post("gustave", f"/evaluation/{run}/reprise")
    other = str(again.url).rpartition("/")[2]
    assert other != run
    await console.services.evaluations.ended(UUID(other))
    assert "Terminée" in (await console.get("gustave", f"/evaluation/{other}")).text
    assert (await console.get("gustave", f"/evaluation/{run}/resultat.json")).status_code == 200
