"""Sets of questions: kept by who keeps their collection, unknown to everybody else, recorded without their words."""

from dataclasses import replace
from uuid import uuid4

import pytest

from policies import Act, CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import (
    Catalog,
    Collection,
    EmptyQuestion,
    KeptQuestion,
    KeptQuestionInvalid,
    KeptQuestionNotFound,
    NameInvalid,
    QuestionsChange,
    QuestionSet,
    QuestionSetChanged,
    QuestionSetExists,
    QuestionSetFull,
    QuestionSetNotFound,
    QuestionSets,
    QuestionTooLong,
)
from retrieval.question_set import MOST_QUESTIONS, MOST_RELEVANT
from tests.assistant.asking import records
from tests.retrieval.catalogued import create
from ui.database import Pool

KEEPER = Principal("s-gina", "gina", frozenset({"/DGS"}), frozenset({Role.GESTIONNAIRE}))
OTHER = Principal("s-gustave", "gustave", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))
LEAVE = KeptQuestion("q1", "Combien dure le congé ?", frozenset({"Congé", "Retraite"}), "de l’accueil")
UNANSWERED = KeptQuestion("q2", "Qui a gagné le match ?")


@pytest.fixture
def sets(pool: Pool, policy: CedarPolicy) -> QuestionSets:
    return QuestionSets(pool, policy, Catalog(), PostgresLedger())


@pytest.fixture
async def collection(pool: Pool) -> Collection:
    return await create(pool)


@pytest.fixture
async def held(sets: QuestionSets, collection: Collection) -> QuestionSet:
    return await sets.create(KEEPER, collection, "Accueil")


async def test_questions_are_added_corrected_and_removed_and_each_change_is_recorded_without_their_words(
    sets: QuestionSets, held: QuestionSet, pool: Pool
) -> None:
    assert await sets.put(KEEPER, held.id, [LEAVE, UNANSWERED]) == QuestionsChange(2, 0, 0)
    assert await sets.put(KEEPER, held.id, [LEAVE]) == QuestionsChange(0, 0, 1)
    await sets.correct(KEEPER, held.id, replace(LEAVE, note="du guichet"))
    assert await sets.questions(KEEPER, held.id) == [replace(LEAVE, note="du guichet", edition=1), UNANSWERED]
    assert await sets.remove(KEEPER, held.id, ["q2", "q3"]) == 1
    assert (await sets.get(KEEPER, held.id)).questions == 1
    told = await records(pool)
    assert [one["act"] for one in told] == [Act.QUESTIONS_CHANGED] * 4
    counts = [{key: one["details"].get(key) for key in ("change", "added", "changed", "removed")} for one in told]
    assert counts == [
        {"change": "created", "added": None, "changed": None, "removed": None},
        {"change": "questions", "added": 2, "changed": 0, "removed": None},
        {"change": "questions", "added": 0, "changed": 1, "removed": None},
        {"change": "questions", "added": None, "changed": None, "removed": 1},
    ]
    assert "congé" not in str(told)
    assert told[1]["content"].keys() == {"questions"}


async def test_a_set_is_renamed_marked_golden_and_deleted_with_its_questions(
    sets: QuestionSets, held: QuestionSet, collection: Collection
) -> None:
    await sets.put(KEEPER, held.id, [LEAVE])
    assert await sets.golden(KEEPER, collection) == []
    shown = await sets.get(KEEPER, held.id)
    await sets.change(KEEPER, held.id, "Guichet", golden=True, edition=shown.edition)
    [golden] = await sets.golden(KEEPER, collection)
    assert (golden.id, golden.question, golden.relevant) == ("Guichet/q1", LEAVE.question, LEAVE.relevant)
    assert [(one.name, one.golden) for one in await sets.all(KEEPER)] == [("Guichet", True)]
    await sets.delete(KEEPER, held.id)
    assert await sets.golden(KEEPER, collection) == []
    with pytest.raises(QuestionSetNotFound):
        await sets.questions(KEEPER, held.id)


async def test_a_part_of_a_collection_has_its_golden_questions(
    sets: QuestionSets, held: QuestionSet, collection: Collection, pool: Pool
) -> None:
    await sets.put(KEEPER, held.id, [LEAVE])
    await sets.change(KEEPER, held.id, held.name, golden=True, edition=1)
    async with pool.connection() as connection:
        part = uuid4()
        await connection.execute(
            "insert into collection (id, name, name_key, description, owner, readers, part, part_of) "
            "values (%s, 'Santé', null, '', '/DGS', '{}', 'draft', %s)",
            [part, collection.id],
        )
    assert len(await sets.golden(KEEPER, replace(collection, id=part))) == 1


async def test_whoever_does_not_keep_the_collection_is_told_that_there_is_no_set_and_the_refusal_is_recorded(
    sets: QuestionSets, held: QuestionSet, collection: Collection, agent: Principal, pool: Pool
) -> None:
    for person in (OTHER, agent):
        calls = [
            sets.get(person, held.id),
            sets.questions(person, held.id),
            sets.question(person, held.id, "q1"),
            sets.put(person, held.id, [LEAVE]),
            sets.add(person, held.id, "Et si ?", []),
            sets.correct(person, held.id, LEAVE),
            sets.remove(person, held.id, ["q1"]),
            sets.change(person, held.id, "Autre", golden=True, edition=0),
            sets.delete(person, held.id),
        ]
        for call in calls:
            with pytest.raises(QuestionSetNotFound):
                await call
        with pytest.raises(QuestionSetNotFound):
            await sets.named(person, held.name)
        for call in (sets.create(person, collection, "À moi"), sets.of(person, collection)):
            with pytest.raises(Refused):
                await call
        with pytest.raises(Refused):
            await sets.golden(person, collection)
        assert await sets.all(person) == []
    refusals = [one["details"] for one in await records(pool) if one["act"] == Act.REFUSED]
    assert len(refusals) == 24
    assert {one["collection_id"] for one in refusals} == {str(collection.id)}
    assert await sets.get(KEEPER, held.id) == held


async def test_a_set_that_never_was_is_not_there(sets: QuestionSets) -> None:
    with pytest.raises(QuestionSetNotFound):
        await sets.get(KEEPER, uuid4())


async def test_a_name_stands_once_in_a_collection_and_another_collection_may_have_it_too(
    sets: QuestionSets, held: QuestionSet, collection: Collection, pool: Pool
) -> None:
    with pytest.raises(QuestionSetExists):
        await sets.create(KEEPER, collection, "ACCUEIL ")
    second = await sets.create(KEEPER, collection, "Second")
    with pytest.raises(QuestionSetExists):
        await sets.change(KEEPER, second.id, "accueil", golden=False, edition=0)
    with pytest.raises(NameInvalid, match="jeu de questions"):
        await sets.create(KEEPER, collection, " ")
    assert (await sets.named(KEEPER, "accueil")).id == held.id
    elsewhere = await create(pool, "Codes")
    await sets.create(KEEPER, elsewhere, "Accueil")
    with pytest.raises(QuestionSetNotFound, match="plusieurs"):
        await sets.named(KEEPER, "accueil")
    assert (await sets.named(KEEPER, "accueil", "Santé")).id == held.id


async def test_who_saves_what_somebody_has_changed_meanwhile_is_told(sets: QuestionSets, held: QuestionSet) -> None:
    await sets.put(KEEPER, held.id, [LEAVE])
    await sets.correct(KEEPER, held.id, replace(LEAVE, note="première"))
    with pytest.raises(QuestionSetChanged):
        await sets.correct(KEEPER, held.id, replace(LEAVE, note="seconde"))
    assert (await sets.question(KEEPER, held.id, "q1")).note == "première"
    with pytest.raises(QuestionSetChanged):
        await sets.change(KEEPER, held.id, "Autre", golden=False, edition=held.edition)
    with pytest.raises(KeptQuestionNotFound):
        await sets.correct(KEEPER, held.id, replace(LEAVE, id="q9"))


async def test_a_set_holds_so_many_questions_and_one_more_changes_nothing(
    sets: QuestionSets, held: QuestionSet
) -> None:
    most = [KeptQuestion(str(number), f"Question {number} ?") for number in range(MOST_QUESTIONS)]
    assert (await sets.put(KEEPER, held.id, most)).added == MOST_QUESTIONS
    with pytest.raises(QuestionSetFull):
        await sets.add(KEEPER, held.id, "Une de trop ?", [])
    assert (await sets.get(KEEPER, held.id)).questions == MOST_QUESTIONS


async def test_control_characters_leave_a_question_and_html_is_text(sets: QuestionSets, held: QuestionSet) -> None:
    await sets.put(KEEPER, held.id, [KeptQuestion("q", " <b>Qui</b>\0 ? ")])
    assert (await sets.question(KEEPER, held.id, "q")).question == "<b>Qui</b>  ?"


@pytest.mark.parametrize(
    ("id_", "question", "relevant", "note"),
    [
        ("", "Qui ?", [], ""),
        ("a\nb", "Qui ?", [], ""),
        ("x" * 1001, "Qui ?", [], ""),
        ("q", "Qui ?", [""], ""),
        ("q", "Qui ?", ["a\0"], ""),
        ("q", "Qui ?", map(str, range(MOST_RELEVANT + 1)), ""),
        ("q", "Qui ?", [], "x" * 2001),
    ],
)
def test_what_no_set_can_hold_is_no_question(id_: str, question: str, relevant: list[str], note: str) -> None:
    with pytest.raises(KeptQuestionInvalid):
        KeptQuestion(id_, question, frozenset(relevant), note)


def test_a_question_asks_something_of_bounded_length() -> None:
    with pytest.raises(EmptyQuestion):
        KeptQuestion("q", " ? ")
    with pytest.raises(QuestionTooLong):
        KeptQuestion("q", "x" * 4001)
