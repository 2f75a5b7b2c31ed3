"""Questions in a conversation that has files."""

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from assistant import Ask, Evidence, evidence
from assistant.evidence import shipped_evidence
from policies import PostgresLedger, Principal
from retrieval import Collection, DocumentMetadata, Search
from tests.assistant.asking import answer, records
from tests.assistant.scripted import Scripted, engines
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool

BADGES = {"f1": "Le badge du bâtiment Ségur est rendu au poste de garde avant dix-huit heures."}
QUESTION = "À quelle heure rendre le badge du bâtiment Ségur ?"
TRUE = "Le badge du bâtiment Ségur est rendu avant dix-huit heures."
LEAVES = {
    f"Congé {number}": f"Le congé numéro {number} est accordé par le chef de service pour {number} jours."
    for number in range(2, 12)
}


@pytest.fixture
def conversation() -> UUID:
    return uuid4()


@pytest.fixture
async def files(corpus: Corpus, agent: Principal, conversation: UUID) -> Collection:
    return await corpus.attached(agent.subject, conversation, BADGES)


def asking(search: Search, pool: Pool, model: Scripted | None = None, never: Evidence | None = None) -> Ask:
    return Ask(search, engines(model or Scripted(pieces=(TRUE,))), PostgresLedger(), pool, evidence=never)


async def test_a_question_that_only_the_file_answers_is_answered(
    corpus: Corpus, search: Search, pool: Pool, agent: Principal, conversation: UUID, files: Collection
) -> None:
    collection = await corpus.collection("RH", LEAVES)
    given = await answer(asking(search, pool).ask(agent, QUESTION, conversation_id=conversation))
    assert not given.refused
    assert given.searched == ("RH", "Fichiers joints")
    assert given.collections == (collection.id, files.id)
    assert given.text == f"{TRUE[:-1]} [1]."
    assert given.citations[0].passage.collection_id == files.id


async def test_the_records_of_an_answer_name_its_conversation(
    corpus: Corpus, search: Search, pool: Pool, agent: Principal, conversation: UUID, files: Collection
) -> None:
    await answer(asking(search, pool).ask(agent, QUESTION, conversation_id=conversation))
    recorded = [(body["act"], body["details"]["conversation"]) for body in await records(pool)]
    assert recorded[-2:] == [("question.asked", str(conversation)), ("answer.given", str(conversation))]


async def test_nobody_else_and_no_other_conversation_is_answered_from_it(
    corpus: Corpus,
    search: Search,
    pool: Pool,
    agent: Principal,
    administrateur: Principal,
    conversation: UUID,
    files: Collection,
) -> None:
    await corpus.collection("RH", LEAVES)
    ask = asking(search, pool)
    asked = [
        ask.ask(agent, QUESTION),
        ask.ask(agent, QUESTION, conversation_id=uuid4()),
        ask.ask(administrateur, QUESTION, conversation_id=conversation),
    ]
    for given in [await answer(one) for one in asked]:
        assert given.searched == ("RH",)
        assert files.id not in {passage.collection_id for passage in given.passages}
        assert given.refused


async def test_a_large_corpus_does_not_drown_the_file_nor_the_file_the_corpus(
    corpus: Corpus, search: Search, pool: Pool, agent: Principal, conversation: UUID
) -> None:
    own = await corpus.attached(
        agent.subject, conversation, {f"f{n}": f"Le congé de l’annexe {n} dure {n} jours." for n in range(2, 9)}
    )
    await corpus.collection("RH", LEAVES)
    given = await answer(asking(search, pool).ask(agent, "Combien dure le congé ?", conversation_id=conversation))
    assert [passage.collection_id == own.id for passage in given.passages] == [True, True, False, False]


async def test_the_collections_alone_speak_where_the_file_is_about_something_else(
    corpus: Corpus, search: Search, pool: Pool, agent: Principal, conversation: UUID, files: Collection
) -> None:
    await corpus.collection("RH", LEAVES)
    question = "Pour combien de jours le chef de service accorde-t-il le congé numéro 7 ?"
    given = await answer(asking(search, pool).ask(agent, question, conversation_id=conversation))
    assert {passage.collection for passage in given.passages} == {"RH"}
    assert given.searched == ("RH", "Fichiers joints")


async def test_chosen_collections_are_searched_besides_the_files(
    corpus: Corpus, search: Search, pool: Pool, agent: Principal, conversation: UUID, files: Collection
) -> None:
    await corpus.collection("RH", LEAVES)
    await corpus.collection("Autre", {"x": "Le badge est bleu."})
    given = await answer(asking(search, pool).ask(agent, QUESTION, ["RH"], conversation_id=conversation))
    assert given.searched == ("RH", "Fichiers joints")


async def test_what_the_file_does_not_carry_is_refused_and_the_file_is_named(
    search: Search, pool: Pool, agent: Principal, conversation: UUID, files: Collection
) -> None:
    model = Scripted(pieces=("Le badge coûte cent euros.",))
    given = await answer(asking(search, pool, model).ask(agent, QUESTION, conversation_id=conversation))
    assert given.refused
    assert "collection « Fichiers joints »" in given.text


async def test_learned_weights_do_not_refuse_what_a_file_may_carry(
    corpus: Corpus,
    search: Search,
    pool: Pool,
    agent: Principal,
    conversation: UUID,
    files: Collection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evidence, "FEWEST", 0)  # as if there were much to read
    await corpus.collection("RH", LEAVES)
    ask = asking(search, pool, never=replace(shipped_evidence(), intercept=-1e9))
    assert not (await answer(ask.ask(agent, QUESTION, conversation_id=conversation))).refused
    assert (await answer(ask.ask(agent, QUESTION))).refused
    idle = asking(search, pool, Scripted(pieces=("Je ne sais pas.",)), replace(shipped_evidence(), intercept=-1e9))
    assert (await answer(idle.ask(agent, QUESTION, conversation_id=conversation))).refused


async def test_a_draft_that_is_not_in_force_yet_is_found(
    corpus: Corpus, search: Search, pool: Pool, agent: Principal, conversation: UUID
) -> None:
    draft = DocumentMetadata("Projet", in_force_from=dt.date(2999, 1, 1))
    await corpus.attached(agent.subject, conversation, BADGES, {"f1": draft})
    given = await answer(asking(search, pool).ask(agent, QUESTION, conversation_id=conversation))
    assert not given.refused
