"""Reading originals: the port, and the way within this process."""

import asyncio
from pathlib import Path, PurePath
from typing import Protocol

from ingestion.document import ParsedDocument
from ingestion.errors import FileUnreadable
from ingestion.parsing import formats


class Reader(Protocol):
    """Makes text of files."""

    async def read(self, path: Path, name: str) -> ParsedDocument:
        """The file as text; its name says its format. Raises `DocumentRefused`."""


class PlainReader:
    """`Reader` in a thread of this process, for files that nobody has made to harm it."""

    async def read(self, path: Path, name: str) -> ParsedDocument:
        parser = formats.parser_for(PurePath(name))
        if parser is None:
            raise FileUnreadable(name, "ce format n’est pas pris en charge", "Convertissez le fichier.")
        return await asyncio.to_thread(lambda: parser.parse(path.read_bytes(), name))
