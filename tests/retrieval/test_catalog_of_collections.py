"""Collections in the catalogue, on a real PostgreSQL."""

from uuid import uuid4

import pytest

from retrieval import CollectionExists, CollectionNotFound, DocumentNotFound, NameInvalid
from tests.retrieval.catalogued import catalog, create, document, enter
from ui.database import Pool


async def test_a_collection_is_found_by_name_whatever_the_case(pool: Pool) -> None:
    created = await create(pool, "  Égalité d’accès ", frozenset({"/DGS", "/DSS"}))
    assert created.name == "Égalité d’accès"
    assert created.rule.readers == {"/DGS", "/DSS"}
    async with pool.connection() as connection:
        assert await catalog.collection(connection, "ÉGALITÉ D’ACCÈS") == created
        assert await catalog.collection_by_id(connection, created.id) == created
        assert await catalog.collections(connection) == [created]


async def test_of_several_identifiers_those_that_there_are_come_by_name(pool: Pool) -> None:
    second, first, _ = [await create(pool, name) for name in ("Santé", "Accueil", "Retraite")]
    async with pool.connection() as connection:
        assert await catalog.collections_by_id(connection, {second.id, uuid4(), first.id}) == [first, second]
        assert await catalog.collections_by_id(connection, ()) == []


@pytest.mark.parametrize("name", ["santé", "SANTÉ", "Sante\u0301"])
async def test_a_name_that_reads_the_same_is_taken(pool: Pool, name: str) -> None:
    await create(pool, "Santé")
    with pytest.raises(CollectionExists):
        await create(pool, name)


async def test_a_taken_name_leaves_the_transaction_usable(pool: Pool) -> None:
    await create(pool, "Santé")
    async with pool.connection() as connection:
        with pytest.raises(CollectionExists):
            await catalog.create_collection(connection, "Santé", owner="")
        assert len(await catalog.collections(connection)) == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "deux\nlignes", "nul\x00", "droite\u202egauche", "\u200b"])
async def test_a_name_that_cannot_be_read_is_refused(pool: Pool, name: str) -> None:
    with pytest.raises(NameInvalid):
        await create(pool, name)


@pytest.mark.parametrize("name", ["x", "x" * 80, "Code (2026) — «\u202fen vigueur\u202f»", "'; drop table x"])
async def test_any_name_on_one_line_is_good(pool: Pool, name: str) -> None:
    assert (await create(pool, name)).name == name


async def test_an_unknown_collection_is_an_error(pool: Pool) -> None:
    async with pool.connection() as connection:
        with pytest.raises(CollectionNotFound, match="Inconnue"):
            await catalog.collection(connection, "Inconnue")
        with pytest.raises(CollectionNotFound):
            await catalog.collection_by_id(connection, uuid4())
        with pytest.raises(CollectionNotFound):
            await catalog.delete_collection(connection, uuid4())


async def test_a_deleted_collection_takes_its_documents_along(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        await enter(connection, document(collection), "Texte")
        await catalog.delete_collection(connection, collection.id)
        with pytest.raises(DocumentNotFound):
            await catalog.text(connection, collection.id, "F1", 1)
        assert await catalog.collections(connection) == []


async def test_nothing_is_there_before_the_transaction_commits(pool: Pool) -> None:
    async with pool.connection() as connection, pool.connection() as another:
        await catalog.create_collection(connection, "Santé", owner="")
        assert await catalog.collections(another) == []
        await connection.rollback()
        assert await catalog.collections(connection) == []
