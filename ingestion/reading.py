"""Reading files: the port. `ingestion.isolation` does it in children that can do no harm."""

from pathlib import Path
from typing import BinaryIO, Protocol

from ingestion.document import ParsedDocument
from ingestion.errors import DocumentRefused
from ingestion.parsing.parts import BadPart, PartLimits, Place
from ingestion.sheet import SheetView, SheetWanted


class Reader(Protocol):
    """Makes text of files, and takes apart those that hold others."""

    async def read(self, path: Path, name: str) -> ParsedDocument:
        """The file as text; `name` is for messages, and where its content leaves a choice of formats.

        Raises `DocumentRefused`, `ReaderUnavailable`.
        """

    async def unpack(
        self, path: Path, name: str, limits: PartLimits, into: BinaryIO
    ) -> tuple[list[Place | BadPart], DocumentRefused | None]:
        """Write the files in this one, one after the other; gives where each lies, and why there are no more.

        Raises `DocumentRefused`, `ReaderUnavailable`.
        """

    async def view(self, path: Path, name: str, wanted: SheetWanted) -> SheetView:
        """A page of a PDF file.

        Raises `DocumentRefused` (`PageNotFound` where it has no such page), `ReaderUnavailable`.
        """
