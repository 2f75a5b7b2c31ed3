"""`/console/essai`: a question tried with every step in sight, and kept to measure by."""

from uuid import uuid4

import pytest

from policies import Act
from retrieval import Collection, QuestionSet
from tests.ui.console.conftest import PEOPLE, Console
from tests.ui.two_people import GUSTAVE
from ui.console.essai import KIND
from ui.errors import PersonNotFound
from ui.realm.directory import LocalDirectory, Person

QUESTION = "Combien de semaines dure le congé de maternité ?"
TEXTS = {"maternité": "Le congé de maternité dure seize semaines.", "retraite": "L'âge de la retraite est fixé."}


@pytest.fixture(autouse=True)
def _everybody_is_in_the_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    async def find(_: LocalDirectory, username: str) -> Person:
        if username not in PEOPLE:
            raise PersonNotFound(f"« {username} » n’existe pas.")
        return Person(PEOPLE[username], enabled=username != "claire")

    monkeypatch.setattr(LocalDirectory, "find", find)


@pytest.fixture
async def collection(console: Console) -> Collection:
    return await console.collection("Notes", **TEXTS)


@pytest.fixture
async def held(console: Console, collection: Collection) -> QuestionSet:
    made: QuestionSet = await console.services.question_sets.create(GUSTAVE, collection, "Accueil")
    return made


async def answered(console: Console, who: str, **fields: str) -> str:
    await console.post(who, "/essai", {"question": QUESTION, "faire": "repondre"} | fields)
    await console.services.long_work.ended(PEOPLE[who], KIND)
    return (await console.get(who, "/essai")).text


async def test_a_search_shows_what_was_understood_and_where_each_passage_stood(
    console: Console, collection: Collection
) -> None:
    page = await console.post("gustave", "/essai", {"question": QUESTION, "faire": "chercher"})
    assert (page.status_code, page.url.query) == (200, b"")
    for shown in (
        "Ce qui a été compris",
        "Passages trouvés",
        "Le congé de maternité dure seize semaines.",
        "maternité",
    ):
        assert shown in page.text
    assert "Réponse en cours" not in page.text
    assert QUESTION in (await console.get("gustave", "/essai")).text
    assert QUESTION not in (await console.get("gina", "/essai")).text
    told = [act for act, _ in await console.acts()]
    assert told.count(Act.QUESTION_TRIED) == 1
    assert "semaines" not in str(await console.acts())


async def test_an_answer_shows_its_prompt_and_the_check_of_each_sentence(
    console: Console, collection: Collection
) -> None:
    page = await answered(console, "gustave")
    for shown in ("Vérification, phrase par phrase", "Vérifiée", "Ce que le modèle a reçu", "Consignes", "seuils"):
        assert shown in page
    assert "hx-get" not in page
    told = [act for act, _ in await console.acts()]
    assert told[-4:] == [Act.QUESTION_TRIED, Act.QUESTION_TRIED, Act.QUESTION_ASKED, Act.ANSWER_GIVEN]


async def test_html_in_a_question_is_text(console: Console, collection: Collection) -> None:
    page = await answered(console, "gustave", question="<script>alert(1)</script> congé de maternité")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_filters_narrow_what_is_searched_and_answered_and_are_on_record(
    console: Console, collection: Collection
) -> None:
    narrowed = {"nature": "circulaire", "auteur": "Direction générale", "signe_du": "2020-01-01"}
    page = await answered(console, "gustave", **narrowed)
    assert "seize semaines" not in page.partition("Passages trouvés")[2]
    assert ("Direction générale" in page, 'value="circulaire" checked' in page) == (True, True)
    tried = [details for act, details in await console.acts() if act == Act.QUESTION_TRIED]
    assert [(one["kinds"], one["signed_from"]) for one in tried] == [(["circulaire"], "2020-01-01")] * 2
    assert "Direction" not in str(await console.acts())


async def test_with_another_persons_eyes_what_either_may_not_read_is_not_there(console: Console) -> None:
    await console.collection("Ouverte", **TEXTS)
    await console.collection("Fermée", readers=["/DAJ"], secret="Le congé de maternité durera vingt semaines.")
    own = await answered(console, "adele")
    assert "vingt semaines" in own
    as_bob = await answered(console, "adele", voir="gina")
    assert "avec les yeux de" in as_bob
    assert "vingt semaines" not in as_bob
    closed = await answered(console, "adele", voir="claire")
    assert "seize semaines" not in closed.partition("Passages trouvés")[2]
    subjects = [details["subject"] for act, details in await console.acts() if act == Act.QUESTION_TRIED]
    assert subjects == [None, None, "s-gina", "s-gina", "s-claire", "s-claire"]


async def test_another_persons_eyes_are_for_who_administers_people(console: Console, collection: Collection) -> None:
    page = await console.post("gustave", "/essai", {"question": QUESTION, "voir": "gina"})
    assert page.status_code == 403
    assert 'name="voir"' not in (await console.get("gustave", "/essai")).text
    assert 'name="voir"' in (await console.get("adele", "/essai")).text


WRONG_QUESTIONS: list[tuple[dict[str, str], str]] = [
    ({"question": ""}, "La question est vide"),
    ({"question": "?" * 10}, "La question est vide"),
    ({"question": "x" * 5000}, "5000 caractères"),
    ({"question": QUESTION, "jour": "31/02/2026"}, "Cette date n’existe pas"),
    ({"question": QUESTION, "collections": str(uuid4())}, "parmi les collections proposées"),
    ({"question": QUESTION, "collections": "'; drop table"}, "parmi les collections proposées"),
    ({"question": QUESTION, "voir": "personne"}, "n’existe pas"),
    ({"question": QUESTION, "nature": "poème"}, "parmi les natures proposées"),
    ({"question": QUESTION, "auteur": "x" * 3000}, "2000 au plus"),
    ({"question": QUESTION, "signe_du": "2026-02-31"}, "Cette date n’existe pas"),
    ({"question": QUESTION, "signe_du": "2026-02-02", "signe_au": "2026-02-01"}, "2026"),
]


async def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
    console: Console, collection: Collection
) -> None:
    for fields, said in WRONG_QUESTIONS:
        page = await console.post("adele", "/essai", fields)
        assert (page.status_code, said in page.text) == (422, True), fields
        assert "aria-invalid" in page.text or {"collections", "nature"} & fields.keys()
        assert len(fields["question"]) > 100 or fields["question"] in page.text


async def test_a_question_is_kept_with_the_documents_that_somebody_ticks(
    console: Console, held: QuestionSet, collection: Collection
) -> None:
    await console.post("gustave", "/essai", {"question": QUESTION, "faire": "chercher"})
    typed = {"jeu": str(held.id), "texte": "Durée du congé de maternité ?", "attendus": "maternité", "note": "guichet"}
    page = await console.post("gustave", "/essai/question", typed)
    assert "La question est dans le jeu." in page.text
    [kept] = await console.services.question_sets.questions(GUSTAVE, held.id)
    assert (kept.question, kept.relevant, kept.note) == (typed["texte"], frozenset({"maternité"}), "guichet")
    await console.post("gustave", "/essai/question", {"jeu": str(held.id), "texte": "Qui a gagné ?", "refus": "oui"})
    assert len(await console.services.question_sets.questions(GUSTAVE, held.id)) == 2


UNFIT_QUESTIONS: list[tuple[dict[str, str], str]] = [
    ({"texte": "Qui ?"}, "Cochez ou nommez les documents"),
    ({"texte": "", "attendus": "maternité"}, "Écrivez la question."),
    ({"texte": "Qui ?", "attendus": "maternité", "refus": "oui"}, "pas les deux"),
    ({"texte": "Qui ?", "autres": "inconnu"}, "n’a pas de document"),
    ({"texte": "???", "attendus": "maternité"}, "La question est vide"),
    ({"texte": "Qui ?", "attendus": "maternité", "jeu": "x"}, "Choisissez un jeu de questions"),
]


async def test_a_question_that_cannot_be_kept_is_not_lost(console: Console, held: QuestionSet) -> None:
    await console.post("gustave", "/essai", {"question": QUESTION, "faire": "chercher"})
    for fields, said in UNFIT_QUESTIONS:
        page = await console.post("gustave", "/essai/question", {"jeu": str(held.id)} | fields)
        assert (page.status_code, said in page.text) == (422, True), fields
        assert fields["texte"] in page.text
    assert await console.services.question_sets.questions(GUSTAVE, held.id) == []


async def test_another_keepers_set_is_not_there(console: Console, held: QuestionSet) -> None:
    typed = {"jeu": str(held.id), "texte": "Qui ?", "refus": "oui"}
    assert (await console.post("gina", "/essai/question", typed)).status_code == 404
    assert (await console.post("gina", "/essai/question", typed | {"jeu": str(uuid4())})).status_code == 404


async def test_what_was_tried_is_no_longer_shown_to_who_may_no_longer_read_it(
    console: Console, collection: Collection
) -> None:
    await console.post("gustave", "/essai", {"question": QUESTION, "faire": "chercher"})
    async with console.pool.connection() as connection:
        await connection.execute(
            "update collection set owner = '/DGS', readers = '{/DGS}' where id = %s", [collection.id]
        )
    assert "seize semaines" not in (await console.get("gustave", "/essai")).text
