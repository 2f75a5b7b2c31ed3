"""From an original in the blob store to its text, and to its pages as their reader sees them."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import LiteralString

from ingestion.batch import Waiting
from ingestion.blobs import BlobStore
from ingestion.document import Block, ParsedDocument
from ingestion.errors import BlobMissing, DocumentRefused, TooSlow
from ingestion.parsing import jsonl
from ingestion.reading import Reader
from ingestion.sheet import SheetView, SheetWanted
from retrieval.corpus import DocumentText
from retrieval.rows import Pool, one_row

# Earlier versions have no original any more (see `sweeping`).
ORIGINAL: LiteralString = """
select name, blob, start, length from received where collection_id = %s and document_id = %s and version = %s
"""

PDF_WITHIN = 1024  # bytes, as for `parsing.formats`
READING_S = 5.0  # for the blocks of a document: somebody waits for them


async def read_original(one: Waiting, blobs: BlobStore, reader: Reader) -> ParsedDocument:
    """The document's text. Raises `DocumentRefused`, `BlobMissing`, `BlobsUnavailable`."""
    if one.refusal:
        raise DocumentRefused(one.refusal)
    async with blobs.open(one.blob) as path:
        return await _read(path, one.name, one.start, one.length, reader)


@dataclass(frozen=True, slots=True)
class Originals:
    """The originals of what the catalogue has. Whether somebody may look at them is not asked here."""

    pool: Pool
    blobs: BlobStore
    reader: Reader

    async def sheet(self, text: DocumentText, wanted: SheetWanted) -> SheetView | None:
        """A page; None where the document has none that can be drawn.

        Raises `BlobMissing`, `BlobsUnavailable`, `DocumentRefused`, `ReaderUnavailable`.
        """
        name, blob, first, _ = await self._place(text)
        async with self.blobs.open(blob) as path:
            if first is not None or not await asyncio.to_thread(_is_pdf, path):
                return None
            try:
                return await self.reader.view(path, name, wanted)
            except TooSlow:
                if not wanted.passage:
                    raise
                return await self.reader.view(path, name, replace(wanted, passage=""))  # to be seen without a mark

    async def blocks(self, text: DocumentText) -> tuple[Block, ...] | None:
        """The document's text with its headings and tables; None where it is a PDF file, or read otherwise today.

        Raises `BlobMissing`, `BlobsUnavailable`, `DocumentRefused`, `ReaderUnavailable`.
        """
        name, blob, start, length = await self._place(text)
        async with self.blobs.open(blob) as path:
            if start is None and await asyncio.to_thread(_is_pdf, path):
                return None
            try:
                async with asyncio.timeout(READING_S):
                    document = await _read(path, name, start, length, self.reader)
            except TimeoutError:
                return None
        return document.blocks if document.text == text.text else None

    async def _place(self, text: DocumentText) -> tuple[str, str, int | None, int | None]:
        async with self.pool.connection() as connection:
            row = await one_row(connection, ORIGINAL, [text.collection_id, text.document_id, text.version])
        if row is None:
            raise BlobMissing
        return row["name"], row["blob"], row["start"], row["length"]


async def _read(path: Path, name: str, start: int | None, length: int | None, reader: Reader) -> ParsedDocument:
    if start is None or length is None:
        return await reader.read(path, name)
    return await asyncio.to_thread(_record, path, start, length)


def _record(path: Path, start: int, length: int) -> ParsedDocument:
    """A record was checked when it was received, and is read without a child process."""
    with path.open("rb") as file:
        file.seek(start)
        return jsonl.Record.of_canonical(file.read(length)).document()


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return b"%PDF-" in file.read(PDF_WITHIN)
