"""Imports, from files to what can be found."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingestion import BrokenLine
from policies import Principal, Refused, Role
from retrieval import CollectionNotFound, DocumentState
from tests.ingestion.conftest import Library, Write
from tests.ingestion.records import lines

INDEXED = DocumentState.INDEXED


async def test_every_format_can_be_found_after_an_import(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    folder = write("conges.md", "# Congés\n\nTrente jours par an.").parent
    write("note.txt", "Le télétravail est ouvert à tous.")
    write("page.html", "<h1>Mobilité</h1><p>Trois ans au moins.</p>")
    write("articles.jsonl", lines(L1="Article premier.", L2="Article deux."))

    summary = await library.ingest("RH", folder, base=folder)

    assert (summary.added, summary.changed, summary.unchanged, summary.failed, summary.skipped) == (5, 0, 0, [], [])
    assert {(document, text) for document, _, _, text in await library.points(collection)} == {
        ("conges.md", "Congés\nTrente jours par an."),
        ("note.txt", "Le télétravail est ouvert à tous."),
        ("page.html", "Mobilité\nTrois ans au moins."),
        ("L1", "Article premier."),
        ("L2", "Article deux."),
    }
    assert await library.states(collection, "L1", "note.txt") == {"L1": (1, INDEXED, ""), "note.txt": (1, INDEXED, "")}


async def test_a_second_import_of_the_same_input_changes_nothing(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines(a="Un.", b="Deux."))
    await library.ingest("RH", path)
    points, acts = await library.points(collection), await library.acts()

    summary = await library.ingest("RH", path)

    assert (summary.added, summary.changed, summary.unchanged) == (0, 0, 2)
    assert await library.points(collection) == points
    assert await library.acts() == acts


async def test_a_changed_record_gets_a_new_version_and_its_old_points_vanish(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    await library.ingest("RH", write("a.jsonl", lines(a="Ancien.", b="Deux.")))

    summary = await library.ingest("RH", write("a.jsonl", lines(a="Nouveau.", b="Deux.", c="Trois.")))

    assert (summary.added, summary.changed, summary.unchanged) == (1, 1, 1)
    assert await library.points(collection) == {
        ("a", 2, 0, "Nouveau."),
        ("b", 1, 0, "Deux."),
        ("c", 1, 0, "Trois."),
    }
    async with library.parts.pool.connection() as connection:
        old = await library.parts.catalog.text(connection, collection.id, "a", 1)
    assert old.text == "Ancien."


async def test_a_broken_line_stops_the_import_before_anything_is_written(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    first = write("a.jsonl", lines(a="Un."))
    await library.ingest("RH", first)
    points, acts = await library.points(collection), await library.acts()
    broken = write("b.jsonl", lines(b="Deux.") + "{\n")

    with pytest.raises(BrokenLine, match="ligne 2"):
        await library.ingest("RH", write("a.jsonl", lines(a="Changé.")), broken)

    assert await library.points(collection) == points
    assert await library.acts() == acts
    assert await library.states(collection, "a", "b") == {"a": (1, INDEXED, "")}


async def test_a_document_that_cannot_be_read_fails_with_its_reason_and_the_others_go_in(
    library: Library, write: Write
) -> None:
    collection = await library.create("RH")
    folder = write("bon.txt", "Texte.").parent
    write("abime.pdf", "%PDF-1.7 ceci n’est pas un PDF")
    write("vide.txt", " \n")

    summary = await library.ingest("RH", folder, base=folder)

    assert summary.added == 1
    assert [Path(name).name for name, _ in summary.failed] == ["abime.pdf", "vide.txt"]
    assert "endommagé" in summary.failed[0][1]
    assert {document for document, *_ in await library.points(collection)} == {"bon.txt"}
    states = await library.states(collection, "abime.pdf", "vide.txt")
    assert states["vide.txt"] == (1, DocumentState.FAILED, summary.failed[1][1])
    assert sum(b"document.failed" in act for act in await library.acts()) == 2

    again = await library.ingest("RH", folder, base=folder)

    assert (again.unchanged, again.failed) == (1, summary.failed)
    assert sum(b"document.failed" in act for act in await library.acts()) == 2


async def test_a_document_that_becomes_unreadable_is_found_no_more_until_it_is_mended(
    library: Library, write: Write
) -> None:
    collection = await library.create("RH")
    path = write("note.txt", "Texte.")
    await library.ingest("RH", path, base=path.parent)
    await library.ingest("RH", write("note.txt", ""), base=path.parent)
    assert await library.points(collection) == frozenset()

    summary = await library.ingest("RH", write("note.txt", "Texte."), base=path.parent)

    assert summary.changed == 1
    assert await library.points(collection) == {("note.txt", 3, 0, "Texte.")}


async def test_each_document_is_received_and_indexed_on_record(library: Library, write: Write) -> None:
    collection = await library.create("RH")
    await library.ingest("RH", write("a.jsonl", lines(a="Un.", b="Deux.")))
    acts = [json.loads(act) for act in await library.acts()]
    assert [act["act"] for act in acts] == ["document.received"] * 2 + ["document.indexed"] * 2
    assert {act["details"]["document_id"] for act in acts} == {"a", "b"}
    assert {act["details"]["collection_id"] for act in acts} == {str(collection.id)}
    assert b"Deux." not in b"".join(await library.acts())


async def test_who_may_not_add_is_refused_on_record_and_nothing_is_written(
    library: Library, write: Write, agent: Principal
) -> None:
    collection = await library.create("RH")
    path = write("a.jsonl", lines(a="Un."))
    with pytest.raises(Refused):
        await replace(library, principal=agent).ingest("RH", path)
    assert [json.loads(act)["act"] for act in await library.acts()] == ["access.refused"]
    assert await library.states(collection, "a") == {}


async def test_who_may_not_read_a_collection_does_not_learn_that_it_is_there(library: Library, write: Write) -> None:
    await library.create("RH")
    stranger = Principal("s-auditeur", "auditeur", frozenset(), frozenset({Role.AUDITEUR}))
    path = write("a.jsonl", lines(a="Un."))
    for name in ("RH", "Absente"):
        with pytest.raises(CollectionNotFound, match=f"{name}.*n’existe pas ou ne vous est pas ouverte"):
            await replace(library, principal=stranger).ingest(name, path)


ORDER = "# Arrêté\n\nArrêté du 12 mars 2024 fixant la liste\n\nNOR : SSAS2407654A\n\nVu le code ;"


async def test_what_a_text_is_goes_into_the_catalogue_and_the_index_as_corrected(
    library: Library, write: Write
) -> None:
    collection = await library.create("Notes")
    path = write("a.md", ORDER)
    await library.ingest("Notes", path)
    async with library.parts.pool.connection() as connection:
        guess = (await library.parts.catalog.document(connection, collection.id, str(path))).metadata  # type: ignore[union-attr]
        correction = {"number": "A/1", "repealed_on": dt.date(2025, 1, 1)}
        await library.parts.catalog.correct(connection, collection.id, str(path), correction)
    assert (guess.kind, guess.number, guess.guessed) == ("arrêté", "SSAS2407654A", {"kind", "number", "signed_on"})
    write("a.md", f"{ORDER}\n\nArrête :")
    assert (await library.ingest("Notes", path)).changed == 1
    hits = await library.hits(collection)
    assert {hit.version for hit in hits} == {2}
    assert {(hit.metadata.number, hit.metadata.repealed_on) for hit in hits} == {("A/1", dt.date(2025, 1, 1))}
    assert {hit.metadata.guessed for hit in hits} == {frozenset({"kind", "signed_on"})}
