"""What is known of documents, shown to who may read them and corrected by who may add to them."""

import datetime as dt
import json
from typing import Any

import pytest

from policies import CedarPolicy, PostgresLedger, Principal, Refused, Role
from retrieval import (
    CollectionNotFound,
    Document,
    DocumentMetadata,
    DocumentNotFound,
    Documents,
    DocumentState,
    IndexUnavailable,
    Search,
    TextKind,
)
from retrieval.corrections import edition_of
from retrieval.errors import DatesReversed, DocumentChanged
from tests.retrieval.small_corpus import Corpus

REPEALED = {"repealed_on": dt.date(2023, 1, 1)}


@pytest.fixture
def documents(corpus: Corpus, policy: CedarPolicy) -> Documents:
    """Over the stores of the corpus."""
    return Documents(corpus.pool, policy, corpus.catalog, PostgresLedger(), corpus.index)


@pytest.fixture
def outsider() -> Principal:
    """Someone who reads and keeps what is another group's."""
    return Principal("s-daj", "daj", frozenset({"/DAJ"}), frozenset({Role.AGENT, Role.GESTIONNAIRE}))


async def _records(documents: Documents) -> list[dict[str, Any]]:
    async with documents.pool.connection() as connection:
        return [json.loads(record.body) async for record in documents.ledger.records(connection)]


async def test_who_may_read_a_collection_is_shown_its_documents(
    corpus: Corpus, documents: Documents, agent: Principal
) -> None:
    await corpus.collection("Notes", dict.fromkeys("ab", "Texte."))
    assert (await documents.document(agent, "Notes", "b")).id == "b"
    with pytest.raises(DocumentNotFound):
        await documents.document(agent, "Notes", "z")


async def test_a_correction_holds_for_the_next_search_and_is_recorded_without_its_words(
    corpus: Corpus, documents: Documents, search: Search, administrateur: Principal
) -> None:
    await corpus.collection("Notes", {"a": "Le plafond est de dix euros.", "b": "Le plafond est de vingt euros."})
    corrected = await documents.correct(
        administrateur, "Notes", "a", REPEALED | {"title": "Ancien plafond", "kind": TextKind.NOTE}
    )
    assert corrected == await documents.document(administrateur, "Notes", "a")
    found = await search.search(administrateur, "plafond", on=dt.date(2024, 1, 1))
    assert [one.document_id for one in found.passages] == ["b"]
    before = await search.search(administrateur, "plafond", on=dt.date(2022, 12, 31))
    titles = {one.document_id: one.metadata.title for one in before.passages}
    assert titles == {"a": "Ancien plafond", "b": "b"}

    (record,) = [one for one in await _records(documents) if one["act"] == "document.corrected"]
    assert record["details"]["fields"] == ["kind", "repealed_on", "title"]
    assert "Ancien plafond" not in json.dumps(record, ensure_ascii=False)


async def test_who_may_only_read_corrects_nothing_and_that_is_recorded(
    corpus: Corpus, documents: Documents, agent: Principal
) -> None:
    await corpus.collection("Notes", {"a": "Texte."})
    with pytest.raises(Refused):
        await documents.correct(agent, "Notes", "a", REPEALED)
    assert (await documents.document(agent, "Notes", "a")).metadata.repealed_on is None
    assert [one["act"] for one in await _records(documents)] == ["access.refused", "document.listed"]


async def test_who_may_not_read_is_told_that_there_is_no_such_collection(
    corpus: Corpus, documents: Documents, outsider: Principal
) -> None:
    await corpus.collection("RH", {"a": "Texte."}, readers=frozenset({"/DGS"}))
    for attempt in (
        documents.document(outsider, "RH", "a"),
        documents.correct(outsider, "RH", "a", REPEALED),
    ):
        with pytest.raises(CollectionNotFound):
            await attempt
    assert [one["act"] for one in await _records(documents)] == ["access.refused"] * 2


async def test_a_correction_that_the_index_does_not_hear_of_is_not_made(
    corpus: Corpus, documents: Documents, administrateur: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await corpus.collection("Notes", {"a": "Texte."})

    async def away(*_: object) -> None:
        raise IndexUnavailable("L’index ne répond pas.")

    with monkeypatch.context() as patch:
        patch.setattr(type(corpus.index), "describe", away)
        with pytest.raises(IndexUnavailable):
            await documents.correct(administrateur, "Notes", "a", REPEALED)
    assert (await documents.document(administrateur, "Notes", "a")).metadata.repealed_on is None
    assert [one["act"] for one in await _records(documents)] == ["document.listed"]
    assert (await documents.correct(administrateur, "Notes", "a", REPEALED)).metadata.repealed_on == dt.date(2023, 1, 1)


async def test_the_second_of_two_who_correct_the_same_is_told(
    corpus: Corpus, documents: Documents, administrateur: Principal
) -> None:
    await corpus.collection("Notes", {"a": "Texte."})
    edition = edition_of(await documents.document(administrateur, "Notes", "a"))
    first = await documents.correct(administrateur, "Notes", "a", {"number": "1"}, edition)
    for attempt in (
        documents.correct(administrateur, "Notes", "a", {"number": "2"}, edition),
        documents.confirm(administrateur, "Notes", "a", edition=edition),
    ):
        with pytest.raises(DocumentChanged):
            await attempt
    assert (await documents.document(administrateur, "Notes", "a")).metadata.number == "1"
    await documents.correct(administrateur, "Notes", "a", {"number": "2"}, edition_of(first))


async def test_a_text_is_not_repealed_before_it_applies(
    corpus: Corpus, documents: Documents, administrateur: Principal
) -> None:
    await corpus.collection("Notes", {"a": "Texte."})
    await documents.correct(administrateur, "Notes", "a", {"signed_on": dt.date(2023, 1, 2)})
    with pytest.raises(DatesReversed, match="2 janvier 2023"):
        await documents.correct(administrateur, "Notes", "a", REPEALED)
    assert (await documents.document(administrateur, "Notes", "a")).metadata.repealed_on is None
    corrected = await documents.correct(administrateur, "Notes", "a", REPEALED | {"signed_on": dt.date(2023, 1, 1)})
    assert corrected.corrected == {"signed_on", "repealed_on"}


async def test_guesses_are_confirmed_one_by_one_or_all(
    corpus: Corpus, documents: Documents, administrateur: Principal
) -> None:
    collection = await corpus.collection("Notes", {})
    guessed = Document(
        "a",
        collection.id,
        DocumentMetadata("Note", kind=TextKind.NOTE, number="12", guessed=frozenset({"kind", "number", "author"})),
        0,
        "s",
        DocumentState.PENDING,
    )
    async with corpus.pool.connection() as connection:
        await corpus.catalog.put_documents(connection, [(guessed, "Texte.")])
    one = await documents.confirm(administrateur, "Notes", "a", frozenset({"kind", "title"}))
    assert (one.metadata.guessed, one.corrected) == (frozenset({"number", "author"}), frozenset({"kind"}))
    assert one.metadata.kind is TextKind.NOTE
    every = await documents.confirm(administrateur, "Notes", "a", edition=edition_of(one))
    assert every.metadata.guessed == frozenset()
    assert await documents.confirm(administrateur, "Notes", "a") == every
    told = [one["details"]["fields"] for one in await _records(documents) if one["act"] == "document.corrected"]
    assert told == [["kind"], ["author", "number"]]
