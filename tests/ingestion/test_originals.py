"""Originals are looked at as they were imported, as long as they are kept."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingestion import Originals, SheetView, SheetWanted
from ingestion.errors import BlobMissing, TooSlow
from retrieval import Collection, DocumentText
from tests.ingestion.conftest import Library, Write
from tests.ingestion.office_files import docx, paragraph
from tests.ingestion.plain_reader import PlainReader
from tests.ingestion.test_pdf import pdf
from tests.ingestion.test_sheets import PASSAGE, prose


@dataclass
class SlowToFind(PlainReader):
    """Has no time to look for a passage."""

    wanted: list[SheetWanted] = field(default_factory=list)

    async def view(self, path: Path, name: str, wanted: SheetWanted) -> SheetView:
        self.wanted.append(wanted)
        if wanted.passage:
            raise TooSlow(name, 20)
        return await super().view(path, name, wanted)


async def _text(library: Library, collection: Collection, path: Path, version: int = 1) -> DocumentText:
    async with library.parts.pool.connection() as connection:
        return await library.parts.catalog.text(connection, collection.id, str(path), version)


def _originals(library: Library, reader: PlainReader | None = None) -> Originals:
    return Originals(library.parts.pool, library.parts.blobs, reader or PlainReader())


async def test_the_page_of_an_imported_pdf_is_seen_and_no_page_of_another_format(
    library: Library, write: Write
) -> None:
    collection, originals = await library.create("Notes"), _originals(library)
    scanned, note = write("a.pdf", pdf(prose)), write("b.docx", docx(paragraph("Un texte.")))
    await library.ingest("Notes", scanned, note)
    view = await originals.sheet(await _text(library, collection, scanned), SheetWanted(1, 300, PASSAGE))
    assert view is not None
    assert (view.sheets, view.width, len(view.boxes)) == (1, 300, 2)
    assert await originals.sheet(await _text(library, collection, note), SheetWanted(1, 300)) is None
    blocks = await originals.blocks(await _text(library, collection, note))
    assert blocks is not None
    assert [block.text for block in blocks] == ["Un texte."]
    assert await originals.blocks(await _text(library, collection, scanned)) is None


async def test_the_blocks_of_a_text_that_is_read_otherwise_today_are_not_taken_for_it(
    library: Library, write: Write
) -> None:
    collection = await library.create("Notes")
    note = write("b.docx", docx(paragraph("Un texte.")))
    await library.ingest("Notes", note)
    async with library.parts.pool.connection() as connection:
        await connection.execute("update document_version set text = 'Un autre texte.'")
    assert await _originals(library).blocks(await _text(library, collection, note)) is None


async def test_of_an_earlier_version_no_original_is_kept(library: Library, write: Write) -> None:
    collection = await library.create("Notes")
    path = write("a.pdf", pdf(prose))
    await library.ingest("Notes", path)
    await library.ingest("Notes", write("a.pdf", pdf(prose, prose)))
    originals = _originals(library)
    with pytest.raises(BlobMissing):
        await originals.sheet(await _text(library, collection, path), SheetWanted(1, 300))
    latest = await originals.sheet(await _text(library, collection, path, 2), SheetWanted(2, 300))
    assert latest is not None
    assert latest.sheets == 2


async def test_a_page_on_which_the_passage_takes_too_long_to_find_is_seen_without_a_mark(
    library: Library, write: Write
) -> None:
    collection, reader = await library.create("Notes"), SlowToFind()
    path = write("a.pdf", pdf(prose))
    await library.ingest("Notes", path)
    text = await _text(library, collection, path)
    view = await _originals(library, reader).sheet(text, SheetWanted(1, 300, PASSAGE))
    assert view is not None
    assert view.boxes == ()
    assert [one.passage for one in reader.wanted] == [PASSAGE, ""]
