"""PDF files: pages, reading order, headings, without running heads."""

import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import PurePath

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.parsing.dates import iso_date
from ingestion.parsing.described import Described, metadata
from ingestion.parsing.layout import read
from ingestion.parsing.ocr import HOW_TO_INSTALL, Picture, PrintedLine, Recogniser, RecognitionFailed
from ingestion.parsing.outline import outline
from ingestion.parsing.pdfium import PdfFile, PdfLimits
from ingestion.parsing.running_heads import margins
from ingestion.parsing.tesseract import Tesseract
from ingestion.sheet import SheetView, SheetWanted

# PDFium keeps state of its own for the whole process.
_one_at_a_time = threading.Lock()

DEFAULTS = PdfLimits()

_PROGRAM_NAMES = ("Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ")
_SOURCE_SUFFIXES = frozenset({".ai", ".doc", ".docx", ".indd", ".odt", ".pdf", ".ppt", ".pptx", ".xls", ".xlsx"})
_PLACEHOLDERS = frozenset({"untitled", "sans titre"})


@cache
def engine() -> Recogniser | None:
    """What reads pictures on this machine."""
    return Tesseract.installed()


class PdfParser:
    """Reads PDF files; pages that are pictures with the engine that `find_engine` finds when the first one comes."""

    suffixes = frozenset({".pdf"})

    def __init__(self, limits: PdfLimits = DEFAULTS, find_engine: Callable[[], Recogniser | None] = engine) -> None:
        self._limits, self._find_engine = limits, find_engine

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        def recognise(picture: Picture) -> Sequence[list[PrintedLine]]:
            found = self._find_engine()
            if found is None:
                raise FileUnreadable(name, "des pages sont des images, que rien ici ne sait lire", HOW_TO_INSTALL)
            try:
                return found.recognise(picture)
            except RecognitionFailed as error:
                problem = "la reconnaissance des caractères d’une page a échoué"
                raise FileUnreadable(
                    name, problem, "Relancez l’import\u202f; si cela se répète, retirez ce document."
                ) from error

        with _one_at_a_time, PdfFile(content, name, self._limits) as file:
            described = file.described
            sheets, lines = file.read(recognise)
            unseen, invisible, is_plain = file.unseen, file.invisible, file.is_plain
        reading = read(sheets, lines)
        if not reading.items:
            raise DocumentEmpty(
                name, "Si c’est un scan, ses caractères sont illisibles\u202f: numérisez-le plus nettement."
            )
        title = _title(described.get("Title", "")) or one_line(reading.largest) or PurePath(name).stem
        days = (iso_date(described.get(key, "")[2:10]) for key in ("ModDate", "CreationDate"))
        date = next((day for day in days if day), None)
        blocks = outline(reading.items, title, is_plain=is_plain)
        said = metadata(title, Described(date=date, author=described.get("Author", "")))
        return ParsedDocument(said, blocks, unseen, margins(lines, sheets), invisible)

    def view(self, content: bytes, name: str, wanted: SheetWanted) -> SheetView:
        """One page as its reader sees it. Raises `FileUnreadable`, `PageNotFound`, `PictureTooLarge`."""

        def recognise(picture: Picture) -> Sequence[list[PrintedLine]]:
            found = self._find_engine()
            try:
                return found.recognise(picture) if found else []
            except RecognitionFailed:  # the page can be seen all the same, without a mark
                return []

        with _one_at_a_time, PdfFile(content, name, self._limits) as file:
            return file.view(wanted, recognise)


def _title(described: str) -> str:
    """The title that the author gave, unless it is only a file's name."""
    title = one_line(described)
    for program in _PROGRAM_NAMES:
        title = title.removeprefix(program)
    is_file_name = "_" in title or PurePath(title).suffix.lower() in _SOURCE_SUFFIXES
    return "" if is_file_name or len(title) < 4 or title.lower() in _PLACEHOLDERS else title
