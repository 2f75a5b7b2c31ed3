"""Search, from the question to the recorded passages, on real stores and the real model."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from policies import PostgresLedger, Principal
from retrieval import (
    CollectionNotFound,
    DocumentMetadata,
    EmptyQuestion,
    Filters,
    QuestionTooLong,
    Search,
    TextKind,
    validate_question,
)
from tests.retrieval.small_corpus import Corpus
from ui.database import Pool
from ui.database_roles import as_owner

LEAVE = {
    "maternité": "Le congé de maternité dure seize semaines.\nIl commence six semaines avant la date prévue.",
    "paternité": "Le congé de paternité et d'accueil de l'enfant dure vingt-cinq jours.",
    "retraite": "L'âge légal de départ à la retraite est fixé par la loi.",
}
SECRET = {"note": "Note confidentielle : le congé de maternité passera à vingt semaines."}
QUESTION = "Combien de semaines dure le congé de maternité ?"


async def records(pool: Pool) -> list[dict[str, Any]]:
    """The bodies of all records, in order."""
    async with pool.connection() as connection:
        return [json.loads(record.body) async for record in PostgresLedger().records(connection)]


async def test_the_best_document_comes_first_and_each_once(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    found = await search.search(agent, QUESTION, limit=2)
    assert [passage.document_id for passage in found.passages] == ["maternité", "paternité"]
    first = found.passages[0]
    assert first.collection == "Santé"
    assert first.chunk.text == "Le congé de maternité dure seize semaines."
    assert found.searched == ("Santé",)
    assert found.retrieval_ms > 0


async def test_several_chunks_of_one_document_may_carry_an_answer(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    found = await search.find(QUESTION, await search.permitted(agent), limit=4)
    assert [passage.document_id for passage in found.passages].count("maternité") == 2


async def test_a_question_that_the_documents_carry_shows_more_evidence(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    collections = [await corpus.collection("Santé", LEAVE)]
    carried = await search.find(QUESTION, collections, limit=5)
    foreign = await search.find("Quel carburant met-on dans un tracteur ?", collections, limit=5)
    assert carried.coverage == 1.0
    assert foreign.coverage == 0.0
    assert carried.similarity > foreign.similarity > 0


async def test_what_a_person_may_not_read_is_not_searched(
    search: Search, corpus: Corpus, agent: Principal, administrateur: Principal
) -> None:
    await corpus.collection("Santé", LEAVE)
    await corpus.collection("Réservée", SECRET, readers=frozenset({"/Cabinet"}))
    theirs = await search.search(administrateur, QUESTION)
    assert "note" in [passage.document_id for passage in theirs.passages]
    ours = await search.search(agent, QUESTION)
    assert "note" not in [passage.document_id for passage in ours.passages]
    assert ours.searched == ("Santé",)


async def test_an_unknown_and_a_forbidden_name_are_told_in_the_same_words(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Réservée", SECRET, readers=frozenset({"/Cabinet"}))
    with pytest.raises(CollectionNotFound) as unknown:
        await search.search(agent, QUESTION, ["Inconnue"])
    assert await records(corpus.pool) == []
    with pytest.raises(CollectionNotFound) as forbidden:
        await search.search(agent, QUESTION, ["réservée"])
    assert str(forbidden.value).replace("réservée", "Inconnue") == str(unknown.value)
    (refusal,) = await records(corpus.pool)
    assert refusal["act"] == "access.refused"


async def test_only_the_named_collections_are_searched(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    await corpus.collection("Autre", {"prime": "La prime d'activité complète les revenus."})
    found = await search.search(agent, QUESTION, ["AUTRE"])
    assert found.searched == ("Autre",)
    assert [passage.document_id for passage in found.passages] == ["prime"]


async def test_a_search_is_recorded_without_its_words(search: Search, corpus: Corpus, agent: Principal) -> None:
    collection = await corpus.collection("Santé", LEAVE)
    found = await search.search(agent, QUESTION, limit=2)
    (record,) = await records(corpus.pool)
    assert record["act"] == "search.done"
    assert record["details"]["searched"] == ["Santé"]
    assert [passage["document_id"] for passage in record["details"]["passages"]] == ["maternité", "paternité"]
    first = record["details"]["passages"][0]
    assert (first["collection_id"], first["version"]) == (str(collection.id), 1)
    assert first["score"] == pytest.approx(found.passages[0].score)
    assert "maternité ?" not in json.dumps(record, ensure_ascii=False)


async def test_nothing_is_given_without_a_record(search: Search, corpus: Corpus, agent: Principal) -> None:
    await corpus.collection("Santé", LEAVE)
    async with as_owner(corpus.pool) as connection:
        await connection.execute("alter table ledger_record rename to ledger_record_gone")
    try:
        with pytest.raises(Exception, match="registre"):
            await search.search(agent, QUESTION)
    finally:
        async with as_owner(corpus.pool) as connection:
            await connection.execute("alter table ledger_record_gone rename to ledger_record")


async def test_a_person_without_collections_finds_nothing(search: Search, agent: Principal) -> None:
    found = await search.search(agent, QUESTION)
    assert (found.passages, found.searched, found.similarity, found.coverage) == ((), (), 0.0, 0.0)


@pytest.mark.parametrize("question", ["", "   \n", "?", "… !", "\u200b"])
async def test_a_question_without_a_word_is_refused(search: Search, agent: Principal, question: str) -> None:
    with pytest.raises(EmptyQuestion):
        await search.search(agent, question)


async def test_a_question_of_50_000_characters_is_refused(search: Search, agent: Principal) -> None:
    with pytest.raises(QuestionTooLong, match="50000"):
        await search.search(agent, "a" * 50_000)


def test_a_question_loses_the_blanks_around_it_alone() -> None:
    assert validate_question("  Quel  délai ?\n") == "Quel  délai ?"
    assert len(validate_question("a" * 4_000)) == 4_000


def test_control_characters_in_a_question_count_as_blanks() -> None:
    assert validate_question("congé\x00 parental ?\x07\n") == "congé  parental ?"


@pytest.fixture
async def reform(corpus: Corpus) -> Corpus:
    """Two texts on one subject, of which the second took the place of the first."""
    day = dt.date(2024, 1, 1)
    texts = {"ancien": "Le congé de maternité dure quatorze semaines.", "nouveau": LEAVE["paternité"]}
    collection = await corpus.collection("Réforme", texts)
    await corpus.index.describe(collection.id, "ancien", DocumentMetadata("ancien", repealed_on=day))
    await corpus.index.describe(collection.id, "nouveau", DocumentMetadata("nouveau", in_force_from=day))
    return corpus


@pytest.mark.usefixtures("reform")
@pytest.mark.parametrize(
    ("question", "on", "day", "expected"),
    [
        (QUESTION, None, dt.date(2026, 11, 24), ["nouveau"]),
        (QUESTION, dt.date(2023, 12, 31), dt.date(2023, 12, 31), ["ancien"]),
        (f"Au 1er mars 2023, {QUESTION}", None, dt.date(2023, 3, 1), ["ancien"]),
        (f"Au 1er mars 2023, {QUESTION}", dt.date(2024, 1, 1), dt.date(2024, 1, 1), ["nouveau"]),
    ],
)
async def test_only_texts_in_force_on_the_day_asked_are_found(
    search: Search, agent: Principal, question: str, on: dt.date | None, day: dt.date, expected: list[str]
) -> None:
    search = replace(search, today=lambda: dt.date(2026, 11, 24))
    found = await search.search(agent, question, on=on)
    assert (found.on, [passage.document_id for passage in found.passages]) == (day, expected)
    chunks = await search.find(question, await search.permitted(agent), limit=5, on=on)
    assert (chunks.on, [passage.document_id for passage in chunks.passages]) == (day, expected)
    (record,) = await records(search.pool)
    assert record["details"]["on"] == day.isoformat()


@pytest.mark.usefixtures("reform")
async def test_filters_narrow_a_search_and_are_recorded_without_their_words(search: Search, agent: Principal) -> None:
    day = dt.date(2024, 1, 1)
    known = DocumentMetadata("nouveau", kind=TextKind.CIRCULAIRE, author="Camille Martin", signed_on=day)
    (collection,) = await search.permitted(agent)
    await (await search.spaces.in_use()).index.describe(collection.id, "nouveau", known)
    circulars = Filters(frozenset({TextKind.CIRCULAIRE}), frozenset({"camille martin"}), day, day)
    found = await search.search(agent, QUESTION, on=dt.date(2023, 6, 1))
    assert [passage.document_id for passage in found.passages] == ["ancien"]
    found = await search.search(agent, QUESTION, on=day, filters=circulars)
    assert [passage.document_id for passage in found.passages] == ["nouveau"]
    found = await search.search(agent, QUESTION, on=day, filters=Filters(kinds=frozenset({TextKind.LOI})))
    assert found.passages == ()
    plain, narrow, *_ = await records(search.pool)
    assert "kinds" not in plain["details"]
    assert (narrow["details"]["kinds"], narrow["details"]["signed_from"]) == (["circulaire"], "2024-01-01")
    assert "martin" not in json.dumps(narrow).casefold()
