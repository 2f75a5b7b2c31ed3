"""`Reader` within this process, for tests that read many good files."""

import asyncio
from pathlib import Path
from typing import BinaryIO

from ingestion.document import ParsedDocument
from ingestion.errors import DocumentRefused, FileUnreadable
from ingestion.parsing import unpacking
from ingestion.parsing.formats import parser_of
from ingestion.parsing.parts import BadPart, PartLimits, Place
from ingestion.parsing.pdf import PdfParser
from ingestion.sheet import SheetView, SheetWanted


class PlainReader:
    """Parsers and unpacking without a child."""

    async def read(self, path: Path, name: str) -> ParsedDocument:
        try:
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            raise FileUnreadable.closed(path, error) from error
        parser = parser_of(content, name)
        if parser is None:
            raise FileUnreadable(name, "ce qu’il contient n’est d’aucun format pris en charge", "Convertissez-le.")
        return await asyncio.to_thread(parser.parse, content, name)

    async def view(self, path: Path, name: str, wanted: SheetWanted) -> SheetView:
        content = await asyncio.to_thread(path.read_bytes)
        return await asyncio.to_thread(PdfParser().view, content, name, wanted)

    async def unpack(
        self, path: Path, name: str, limits: PartLimits, into: BinaryIO
    ) -> tuple[list[Place | BadPart], DocumentRefused | None]:
        found: list[Place | BadPart] = []
        with path.open("rb") as file:
            try:
                for part in unpacking.parts(file, name, limits):
                    if isinstance(part, BadPart):
                        found.append(part)
                    else:
                        found.append(Place(part.name, into.tell(), into.write(part.content)))
            except DocumentRefused as refusal:
                return found, refusal
        into.flush()
        return found, None
