"""A text that applies ends on the day on which another one, known already, takes its place."""

import datetime as dt
from dataclasses import replace

import pytest

from policies import Principal
from retrieval import DocumentMetadata, Search
from retrieval.successors import until_replaced
from tests.retrieval.small_corpus import Corpus

TODAY, SOONER, NEXT = dt.date(2026, 11, 26), dt.date(2026, 12, 1), dt.date(2027, 1, 1)
NOW = DocumentMetadata("Circulaire sur les gardes", number="DGOS/R2/2020/12")
TEXT = {"now": "La garde dure douze heures."}


def coming(**known: object) -> DocumentMetadata:
    return DocumentMetadata(**{"title": "Autre", "in_force_from": NEXT, **known})  # type: ignore[arg-type]


async def ends(search: Search, agent: Principal) -> dt.date | None:
    """When the text that is found today ends."""
    readable = await search.permitted(agent)
    found = await search.find("Combien dure la garde ?", readable, 4, TODAY)
    assert [passage.document_id for passage in found.passages] == ["now"]
    async with search.pool.connection() as connection:
        passages = await until_replaced(connection, found.passages, [one.id for one in readable], TODAY)
    assert ("repealed_on" in passages[0].metadata.guessed) == (passages[0].metadata != found.passages[0].metadata)
    return passages[0].metadata.repealed_on


@pytest.mark.parametrize(
    ("known", "successor", "end"),
    [
        (NOW, coming(number="N2", replaces=(NOW.number,)), NEXT),
        (NOW, coming(title=NOW.title, number=NOW.number), NEXT),
        (DocumentMetadata("Note", replaced_by="N2"), coming(number="N2"), NEXT),
        (replace(NOW, repealed_on=SOONER), coming(number="N2", replaces=(NOW.number,)), SOONER),  # known before
        (NOW, coming(number=NOW.number), None),  # an article of the same law
        (NOW, coming(title=NOW.title), None),
        (NOW, coming(number="N2", replaces=("autre",)), None),
        (DocumentMetadata("Note"), coming(title="Note", number="N2", replaces=("",)), None),
    ],
)
async def test_it_ends_where_the_texts_say_that_one_takes_the_place_of_the_other(
    search: Search,
    corpus: Corpus,
    agent: Principal,
    known: DocumentMetadata,
    successor: DocumentMetadata,
    end: dt.date | None,
) -> None:
    texts = TEXT | {"next": "La garde dure dix heures."}
    await corpus.collection("Notes", texts, known={"now": known, "next": successor})
    assert await ends(search, agent) == end


async def test_what_may_not_be_read_or_cannot_be_found_ends_nothing(
    search: Search, corpus: Corpus, agent: Principal
) -> None:
    await corpus.collection("Notes", TEXT, known={"now": NOW})
    replacing = {"next": coming(number="N2", replaces=(NOW.number,))}
    secret = {"next": "La garde dure dix heures."}
    await corpus.collection("Réservée", secret, readers=frozenset({"/Cabinet"}), known=replacing)
    assert await ends(search, agent) is None
    async with corpus.pool.connection() as connection:
        await connection.execute("update collection set readers = '{}'")
    assert await ends(search, agent) == NEXT
    async with corpus.pool.connection() as connection:
        await connection.execute("update document set state = 'failed' where id = 'next'")
    assert await ends(search, agent) is None
