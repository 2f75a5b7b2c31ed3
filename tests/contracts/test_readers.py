"""What every `Reader` does."""

from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path

import pytest

from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.isolation import ParseLimits, open_reader
from ingestion.parsing.parts import BadPart, PartLimits, Place
from ingestion.reading import Reader
from ingestion.sheet import SheetWanted
from tests.contracts.test_parsers import pdf
from tests.ingestion.office_files import docx, paragraph, zipped
from tests.ingestion.plain_reader import PlainReader

Write = Callable[[bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path, which says nothing of what it is."""

    def write(content: bytes) -> Path:
        path = tmp_path / "a"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(params=["plain", "in children"])
async def reader(request: pytest.FixtureRequest) -> AsyncIterator[Reader]:
    if request.param == "plain":
        yield PlainReader()
        return
    async with open_reader(ParseLimits()) as reader:
        yield reader


async def test_a_file_is_read_by_what_is_in_it(reader: Reader, write: Write) -> None:
    document = await reader.read(write(docx(paragraph("Un texte."))), "note.pdf")
    assert (document.metadata.title, document.text) == ("note", "Un texte.")


async def test_a_file_without_text_of_no_format_or_gone_is_refused(
    reader: Reader, write: Write, tmp_path: Path
) -> None:
    with pytest.raises(DocumentEmpty, match="note"):
        await reader.read(write(b""), "note.txt")
    with pytest.raises(FileUnreadable, match="aucun format"):
        await reader.read(write(b"\x89PNG\0"), "note.txt")
    with pytest.raises(FileUnreadable, match="existe encore"):
        await reader.read(tmp_path / "b", "note.txt")


async def test_files_in_a_file_are_written_one_after_the_other(reader: Reader, write: Write) -> None:
    into = BytesIO()
    path = write(zipped({"a.txt": b"un", "../b.txt": b"x", "c.txt": b"deux"}))
    (first, bad, last), end = await reader.unpack(path, "a.zip", PartLimits(), into)
    assert (first, last, end) == (Place("a.txt", 0, 2), Place("c.txt", 2, 4), None)
    assert isinstance(bad, BadPart)
    assert "mène hors" in str(bad.reason)
    assert into.getvalue()[:6] == b"undeux"


async def test_what_ends_it_early_is_told_beside_what_came_before(reader: Reader, write: Write) -> None:
    path = write(zipped({"a.txt": b"u" * 900, "b.txt": b"d" * 900}))
    parts, end = await reader.unpack(path, "a.zip", PartLimits(expanded=1_000), BytesIO())
    assert parts == [Place("a.txt", 0, 900)]
    assert "a.zip" in str(end)


async def test_a_page_is_seen_with_the_place_of_a_passage(reader: Reader, write: Write) -> None:
    passage = "Le congé dure trois mois."
    view = await reader.view(write(pdf(passage)), "a.pdf", SheetWanted(1, 200, passage))
    assert (view.sheets, view.width, [box.page for box in view.boxes]) == (1, 200, [1])
    assert view.png.startswith(b"\x89PNG")
