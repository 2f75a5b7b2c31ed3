"""Archives and messages from the folder into the collection, with the real reader."""

from dataclasses import replace

import pytest

from ingestion import ParseLimits, open_reader
from retrieval import DocumentState
from tests.ingestion.conftest import Library, Write
from tests.ingestion.office_files import docx, paragraph, zipped
from tests.ingestion.test_expansion import mail


async def test_each_file_in_an_archive_is_a_document_and_a_bad_one_fails_alone(library: Library, write: Write) -> None:
    notes = await library.create("Notes")
    broken = docx(paragraph("Perdu."))[:-40]
    files: dict[str, str | bytes] = {
        "un.txt": "Un texte.",
        "dossier/deux.docx": docx(paragraph("Deux.")),
        "c.docx": broken,
        "../d.txt": "x",
    }
    path = write("a.zip", zipped(files))
    async with open_reader(ParseLimits()) as reader:
        parts = replace(library.parts, reader=reader)
        summary = await library.ingest("Notes", path, base=path.parent, parts=parts)
        assert (summary.added, summary.changed, summary.unchanged) == (2, 0, 0)
        assert sorted(name.removeprefix(f"{path.parent}/") for name, _ in summary.failed) == [
            "a.zip/../d.txt",
            "a.zip/c.docx",
        ]
        found = {(document, text) for document, _, _, text in await library.points(notes)}
        assert found == {("a.zip/un.txt", "Un texte."), ("a.zip/dossier/deux.docx", "Deux.")}

        states = await library.states(notes, "a.zip/c.docx", "a.zip/../d.txt")
        assert [state for _, state, _ in states.values()] == [DocumentState.FAILED] * 2
        assert "mène hors" in states["a.zip/../d.txt"][2]

        write("a.zip", zipped(files | {"un.txt": "Un autre texte."}))
        again = await library.ingest("Notes", path, base=path.parent, parts=parts)
        assert (again.added, again.changed, again.unchanged) == (0, 1, 1)


async def test_a_message_and_what_came_with_it_are_found(library: Library, write: Write) -> None:
    notes = await library.create("Notes")
    path = write("a.eml", mail(suite_txt=b"La suite.", logo_png=b"\x89PNG\r\n\x1a\n\0"))
    summary = await library.ingest("Notes", path, base=path.parent)
    assert summary.added == 2
    assert [name.rpartition("/")[2] for name, _ in summary.failed] == ["logo.png"]
    assert {document for document, *_ in await library.points(notes)} == {"a.eml", "a.eml/suite.txt"}


async def test_the_same_file_under_two_names_is_two_documents_and_one_original(library: Library, write: Write) -> None:
    notes = await library.create("Notes")
    paths = [write(name, "Le même texte.") for name in ("a.txt", "b.txt")]
    assert (await library.ingest("Notes", *paths, base=paths[0].parent)).added == 2
    assert {document for document, *_ in await library.points(notes)} == {"a.txt", "b.txt"}
    assert len([name async for name in library.parts.blobs.names()]) == 1


@pytest.mark.parametrize("suffix", [".txt", ".zip", ".eml"])
async def test_two_gigabytes_fail_alone(suffix: str, library: Library, write: Write) -> None:
    await library.create("Notes")
    large, good = write(f"a{suffix}", ""), write("b.txt", "Un texte.")
    with large.open("r+b") as file:
        file.truncate(2 << 30)
    async with open_reader(ParseLimits()) as reader:
        summary = await library.ingest("Notes", large, good, parts=replace(library.parts, reader=reader))
    assert (summary.added, len(summary.failed)) == (1, 1)


async def test_names_of_any_kind_are_imported(library: Library, write: Write) -> None:
    notes = await library.create("Notes")
    names = ["a\nb.txt", "\u202etxt.exe.txt", "é" * 120 + ".txt", " .txt"]
    paths = [write(name, f"Texte {number}.") for number, name in enumerate(names)]
    assert (await library.ingest("Notes", *paths, base=paths[0].parent)).added == len(names)
    states = await library.states(notes, *names)
    assert [states[name][1] for name in names] == [DocumentState.INDEXED] * len(names)


async def test_a_part_that_was_good_and_can_be_taken_no_more_is_found_no_more(library: Library, write: Write) -> None:
    notes = await library.create("Notes")
    path = write("a.zip", zipped({"un.txt": "Un texte.", "deux.txt": "Deux."}))
    await library.ingest("Notes", path, base=path.parent)
    write("a.zip", zipped({"un.txt": bytes(2_000_000), "deux.txt": "Deux."}))  # grows a thousand times
    summary = await library.ingest("Notes", path, base=path.parent)
    assert (summary.unchanged, len(summary.failed)) == (1, 1)
    assert {document for document, *_ in await library.points(notes)} == {"a.zip/deux.txt"}
    again = await library.ingest("Notes", path, base=path.parent)
    assert again.failed == summary.failed
