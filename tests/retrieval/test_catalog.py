"""Documents in the catalogue, on a real PostgreSQL."""

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from retrieval import DocumentNotFound, DocumentState, TextKind
from tests.retrieval.catalogued import catalog, create, document, enter
from ui.database import Pool


async def test_a_document_is_pending_until_it_is_indexed(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        version = await enter(connection, document(collection), "Le texte.")
        pending = await catalog.document(connection, collection.id, "F1")
        await catalog.mark_indexed(connection, collection.id, {"F1": version})
        indexed = await catalog.document(connection, collection.id, "F1")
    assert pending is not None
    assert indexed is not None
    assert (pending.version, pending.state, pending.sha256) == (1, DocumentState.PENDING, "s1")
    assert indexed.state is DocumentState.INDEXED
    assert indexed.metadata == document(collection).metadata


async def test_the_same_content_keeps_its_version_and_another_gets_the_next(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        versions = [
            await enter(connection, document(collection, sha256=sha256), "Texte") for sha256 in ("s1", "s1", "s2", "s1")
        ]
    assert versions == [1, 1, 2, 3]


async def test_an_old_version_still_opens(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        await enter(connection, document(collection, sha256="s1", title="Ancien"), "Ancien texte")
        await enter(connection, document(collection, sha256="s2", title="Nouveau"), "Nouveau texte")
        old = await catalog.text(connection, collection.id, "F1", 1)
        new = await catalog.text(connection, collection.id, "F1", 2)
        latest = await catalog.document(connection, collection.id, "F1")
    assert (old.metadata.title, old.text) == ("Ancien", "Ancien texte")
    assert (new.metadata.title, new.text) == ("Nouveau", "Nouveau texte")
    assert latest is not None
    assert (latest.version, latest.metadata.title) == (2, "Nouveau")


async def test_an_unknown_version_is_an_error(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        await enter(connection, document(collection), "Texte")
        with pytest.raises(DocumentNotFound):
            await catalog.text(connection, collection.id, "F1", 2)
        assert await catalog.document(connection, collection.id, "F2") is None


async def test_many_documents_are_entered_and_known_at_once(pool: Pool) -> None:
    collection, other = await create(pool), await create(pool, "Autre")
    batch = [(document(collection, f"F{n}", f"s{n}"), f"Texte {n}") for n in range(500)]
    async with pool.connection() as connection:
        versions = await catalog.put_documents(connection, batch)
        await catalog.mark_indexed(connection, collection.id, versions)
        await enter(connection, document(other), "Texte")
        known = await catalog.documents(connection, collection.id, ["F3", "F499", "F500"])
        counts = await catalog.count_documents(connection, [collection.id, other.id])
        assert (await catalog.text(connection, collection.id, "F7", 1)).text == "Texte 7"
    assert versions == {f"F{n}": 1 for n in range(500)}
    assert {id_: one.sha256 for id_, one in known.items()} == {"F3": "s3", "F499": "s499"}
    assert counts[collection.id] == dict.fromkeys(DocumentState, 0) | {DocumentState.INDEXED: 500}
    assert counts[other.id][DocumentState.PENDING] == 1


async def test_no_documents_are_entered_without_complaint(pool: Pool) -> None:
    async with pool.connection() as connection:
        assert await catalog.put_documents(connection, []) == {}
        assert await catalog.documents(connection, UUID(int=0), ["F1"]) == {}
        assert await catalog.count_documents(connection, []) == {}


async def test_a_failure_says_why_and_a_new_try_forgets_it(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        version = await enter(connection, document(collection), "")
        await catalog.mark_failed(connection, collection.id, "F1", version, "Le fichier est chiffré.")
        failed = await catalog.document(connection, collection.id, "F1")
        await enter(connection, document(collection), "Texte")
        again = await catalog.document(connection, collection.id, "F1")
        assert (await catalog.text(connection, collection.id, "F1", 1)).text == "Texte"
    assert failed is not None
    assert again is not None
    assert (failed.state, failed.failure) == (DocumentState.FAILED, "Le fichier est chiffré.")
    assert (again.state, again.failure, again.version) == (DocumentState.PENDING, "", 1)


async def test_a_slower_import_says_nothing_of_its_successor(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        await enter(connection, document(collection, sha256="s1"), "Un")
        await enter(connection, document(collection, sha256="s2"), "Deux")
        await catalog.mark_indexed(connection, collection.id, {"F1": 1})
        await catalog.mark_failed(connection, collection.id, "F1", 1, "Trop tard")
        latest = await catalog.document(connection, collection.id, "F1")
    assert latest is not None
    assert (latest.version, latest.state, latest.failure) == (2, DocumentState.PENDING, "")


async def test_a_lost_index_leaves_every_document_to_be_indexed_again(pool: Pool) -> None:
    collection = await create(pool)
    async with pool.connection() as connection:
        version = await enter(connection, document(collection), "Texte")
        await catalog.mark_indexed(connection, collection.id, {"F1": version})
        await catalog.mark_all_pending(connection)
        counts = await catalog.count_documents(connection, [collection.id])
    assert counts[collection.id][DocumentState.PENDING] == 1


async def test_a_correction_is_no_guess_and_survives_the_same_text_and_a_new_one(pool: Pool) -> None:
    collection = await create(pool)
    values: dict[str, Any] = {"kind": TextKind.INSTRUCTION, "repealed_on": dt.date(2027, 1, 1), "replaces": ()}
    async with pool.connection() as connection:
        await enter(connection, document(collection), "Texte")
        corrected = await catalog.correct(connection, collection.id, "F1", values)
        expected = replace(document(collection).metadata, **values, guessed=frozenset({"number"}))
        assert corrected.metadata == expected
        for sha256 in ("s1", "s2"):
            await enter(connection, document(collection, sha256=sha256), "Texte")
            known = await catalog.document(connection, collection.id, "F1")
            assert known is not None
            assert known.metadata == expected
        assert (await catalog.text(connection, collection.id, "F1", 2)).metadata == expected


async def test_a_correction_ends_where_the_text_states_something_else(pool: Pool) -> None:
    collection = await create(pool)
    new = document(collection, sha256="s2")
    restated = replace(new, metadata=replace(new.metadata, in_force_from=dt.date(2026, 9, 1)))
    async with pool.connection() as connection:
        await enter(connection, document(collection), "Texte")
        values = {"in_force_from": dt.date(2026, 3, 1), "number": "DGS/2026/2"}
        await catalog.correct(connection, collection.id, "F1", values)
        await enter(connection, restated, "Autre texte")
        known = await catalog.document(connection, collection.id, "F1")
        await enter(connection, document(collection, sha256="s3"), "Encore un texte")
        later = await catalog.document(connection, collection.id, "F1")
    assert known is not None
    assert later is not None
    assert (known.metadata.in_force_from, known.metadata.number) == (dt.date(2026, 9, 1), "DGS/2026/2")
    assert (later.metadata.in_force_from, later.metadata.number) == (dt.date(2026, 2, 1), "DGS/2026/2")


async def test_only_a_document_that_is_there_is_corrected(pool: Pool) -> None:
    collection, other = await create(pool), await create(pool, "Autre")
    async with pool.connection() as connection:
        await enter(connection, document(other), "Texte")
        with pytest.raises(DocumentNotFound):
            await catalog.correct(connection, collection.id, "F1", {"number": "1"})
