"""The vocabulary, kept up to date while a process serves or works."""

import asyncio

from retrieval import Catalog, Counting, Lexicons
from retrieval.understanding.ordinary import NO_FRENCH
from tests.retrieval.catalogued import create, document, enter
from ui.database import Pool
from ui.vocabulary import counted, counting_words

catalog = Catalog()


async def test_what_was_imported_is_counted_and_seen_meanwhile(pool: Pool) -> None:
    collection = await create(pool)
    lexicons = Lexicons(pool, NO_FRENCH)
    await lexicons.refresh()
    async with counting_words(Counting(pool), lexicons, look_s=0.01), asyncio.timeout(60):
        async with pool.connection() as connection:
            for id_ in ("a", "b"):
                version = await enter(connection, document(collection, id_), "Le congé.")
                await catalog.mark_indexed(connection, collection.id, {id_: version})
        while not (await lexicons.of("cogné", [collection.id])).forms:
            continue


async def test_an_evaluation_waits_until_all_is_counted_and_seen(pool: Pool) -> None:
    collection = await create(pool)
    lexicons, counting = Lexicons(pool, NO_FRENCH), Counting(pool)
    for word in ("congé", "salaire"):
        async with pool.connection() as connection:
            for id_ in ("a", "b"):
                entry = document(collection, f"{word}{id_}", sha256=word)
                version = await enter(connection, entry, word)
                await catalog.mark_indexed(connection, collection.id, {entry.id: version})
        await counted(counting, lexicons)  # the second time the collection has not rested
    lexicon = await lexicons.of("cogne saliare", [collection.id])
    assert {forms[0].word for forms in lexicon.forms.values()} == {"congé", "salaire"}
