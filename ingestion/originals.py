"""From an original in the blob store to its text."""

import asyncio
from pathlib import Path

from ingestion.batch import Waiting
from ingestion.blobs import BlobStore
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentRefused
from ingestion.parsing import jsonl
from ingestion.reading import Reader


async def read_original(one: Waiting, blobs: BlobStore, reader: Reader) -> ParsedDocument:
    """The document's text. Raises `DocumentRefused`, `BlobMissing`, `BlobsUnavailable`."""
    if one.refusal:
        raise DocumentRefused(one.refusal)
    async with blobs.open(one.blob) as path:
        if one.start is None or one.length is None:
            return await reader.read(path, one.name)
        return await asyncio.to_thread(_record, path, one.start, one.length)


def _record(path: Path, start: int, length: int) -> ParsedDocument:
    """A record was checked when it was received, and is read without a child process."""
    with path.open("rb") as file:
        file.seek(start)
        return jsonl.Record.of_canonical(file.read(length)).document()
