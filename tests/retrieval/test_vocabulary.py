"""The vocabulary of collections: counted from their documents, told to those alone who may read them, and erased."""

import pytest

from retrieval import Catalog, Collection
from retrieval.understanding.counting import Counting
from retrieval.understanding.lexicon import Lexicon
from retrieval.understanding.lexicons import Lexicons
from retrieval.understanding.ordinary import NO_FRENCH, OrdinaryFrench, load_ordinary_french
from retrieval.understanding.understand import understand
from tests.retrieval.catalogued import create, document, enter
from ui.database import Pool

catalog = Catalog()

CLAIM = "La demande d'aggravation passe par la commission de recours amiable (CRA)."


async def put(pool: Pool, collection: Collection, texts: dict[str, str], *, found: bool = True) -> None:
    async with pool.connection() as connection:
        for id_, text in texts.items():
            version = await enter(connection, document(collection, id_, sha256=text, title="Note"), text)
            if found:
                await catalog.mark_indexed(connection, collection.id, {id_: version})


async def count(pool: Pool) -> int:
    """Count all that is to be counted; gives how many collections were."""
    counting, counted = Counting(pool, share=1, pause_s=0), 0
    async with pool.connection() as connection:
        await connection.execute("update vocabulary_count set rest_until = now()")
    while await counting.step():
        counted += 1
    return counted


async def known(pool: Pool, question: str, *collections: Collection) -> Lexicon:
    lexicons = Lexicons(pool, NO_FRENCH)
    await lexicons.refresh()
    return await lexicons.of(question, [one.id for one in collections])


async def test_words_and_acronyms_of_two_documents_are_kept(pool: Pool) -> None:
    collection = await create(pool)
    await put(pool, collection, {"a": CLAIM, "b": f"{CLAIM} Une seule fois.", "c": "l'aggravation"})
    assert await count(pool) == 1
    lexicon = await known(pool, "aggravtion seule cra", collection)
    assert [form.word for form in lexicon.forms["aggravation"]] == ["aggravation"]
    assert "seule" not in lexicon.forms
    assert lexicon.acronyms["cra"].long == "commission de recours amiable"
    understood = understand("aggravtion d'une cra", lexicon)
    assert understood.text_for_meaning == "aggravation d'une CRA (commission de recours amiable)"


async def test_what_looks_like_personal_data_is_not_kept(pool: Pool) -> None:
    collection = await create(pool)
    texts = dict.fromkeys("abc", "jeanne.durand@sante.fr, NIR 2840575123456, https://exemple.fr/durand")
    await put(pool, collection, texts)
    await count(pool)
    async with pool.connection() as connection:
        words = await (await connection.execute("select word from vocabulary order by word")).fetchall()
    assert words == [("NIR",), ("Note",)]


async def test_an_error_is_not_mended_by_a_word_that_may_not_be_read(pool: Pool) -> None:
    secret, open_to_all = await create(pool, "Réservée", frozenset({"/Cabinet"})), await create(pool, "Santé")
    await put(pool, secret, dict.fromkeys("ab", "Projet Aggravation : commission de recours amiable (CRA)."))
    await put(pool, open_to_all, dict.fromkeys("ab", "Le congé de paternité."))
    await count(pool)
    for question in ("aggravtion", "cra", "RECOURS POUR AGGRAVATION (CRA)"):
        ours = await known(pool, question, open_to_all)
        assert understand(question, ours).changes == ()
        assert understand(question, await known(pool, question, secret, open_to_all)).changes != ()


async def test_frequencies_are_those_of_what_may_be_read(pool: Pool) -> None:
    secret, open_to_all = await create(pool, "Réservée"), await create(pool, "Santé")
    await put(pool, secret, {str(number): "maternité" for number in range(9)})
    await put(pool, open_to_all, {"a": "paternité", "b": "paternité"} | {"c": "maternité"})
    await count(pool)
    question = "xaternité"
    assert understand(question, await known(pool, question, open_to_all)).text_for_meaning == "paternité"
    assert understand(question, await known(pool, question, secret)).text_for_meaning == "maternité"


async def test_what_is_deleted_leaves_the_vocabulary(pool: Pool) -> None:
    collection = await create(pool)
    await put(pool, collection, {"a": CLAIM, "b": CLAIM})
    await count(pool)
    async with pool.connection() as connection:
        await connection.execute("delete from document where id = 'b'")
    assert await count(pool) == 1
    lexicon = await known(pool, "aggravation cra", collection)
    assert (lexicon.forms, lexicon.acronyms) == ({}, {})
    async with pool.connection() as connection:
        await catalog.delete_collection(connection, collection.id)
        for table in ("vocabulary", "acronym", "vocabulary_count"):
            assert await (await connection.execute(f"select from {table}")).fetchall() == []
    assert await count(pool) == 0


async def test_a_collection_is_counted_again_after_a_change_and_once_nothing_is_pending(pool: Pool) -> None:
    collection = await create(pool)
    await put(pool, collection, {"a": CLAIM, "b": CLAIM})
    assert await count(pool) == 1
    assert await count(pool) == 0
    await put(pool, collection, {"c": "recours recours"}, found=False)
    assert await count(pool) == 0
    await put(pool, collection, {"c": "recours recours", "d": "majoration", "e": "majoration"})
    assert await count(pool) == 1
    assert "majoration" in (await known(pool, "majoration", collection)).forms


async def test_of_two_processes_one_counts_a_collection(pool: Pool) -> None:
    collection = await create(pool)
    await put(pool, collection, {"a": CLAIM, "b": CLAIM})
    counting = Counting(pool, share=1)
    async with pool.connection() as connection:
        assert await counting.vocabulary.claim(connection) is not None
    assert not await counting.step()


@pytest.fixture(scope="module")
def french() -> OrdinaryFrench:
    return load_ordinary_french()


async def test_ordinary_french_is_never_mended_and_helps_to_mend(pool: Pool, french: OrdinaryFrench) -> None:
    collection = await create(pool)
    await put(pool, collection, {"a": "La maternité.", "b": "La maternité."})
    await count(pool)
    lexicons = Lexicons(pool, french)
    for typed, meant in {
        "paternité": "paternité",
        "comment veux": "comment veux",
        "Commnet faire": "Comment faire",
        "conge de materinte": "congé de maternité",
    }.items():
        assert understand(typed, await lexicons.of(typed, [collection.id])).text_for_meaning == meant


@pytest.mark.parametrize("question", ["x" * 4_000, "xqzwk " * 600, "\u202e'; drop table vocabulary; --", "%_\\ (a+)+$"])
async def test_odd_questions_are_looked_up_too(pool: Pool, question: str) -> None:
    lexicon = await known(pool, question, await create(pool))
    assert understand(question, lexicon).text_for_meaning == question


async def test_who_may_read_nothing_is_told_nothing(pool: Pool) -> None:
    await put(pool, await create(pool), {"a": CLAIM, "b": CLAIM})
    await count(pool)
    assert await known(pool, "aggravtion cra 42") == Lexicon()
    assert await known(pool, "42") == Lexicon()


async def test_acronyms_of_a_text_come_with_what_they_stand_for_in_those_collections_alone(pool: Pool) -> None:
    collection, other = await create(pool), await create(pool, "Autre")
    await put(pool, collection, {"a": CLAIM, "b": f"{CLAIM} Une seule fois."})
    await count(pool)
    lexicons, text = Lexicons(pool, NO_FRENCH), "La CRA, puis la CRA ou une cra. L'ABC non."
    assert await lexicons.acronyms(text, [collection.id]) == (("CRA", "commission de recours amiable"),)
    assert await lexicons.acronyms(text, [other.id]) == ()
    assert await lexicons.acronyms(f"{text} Commission de recours amiable.", [collection.id]) == ()
