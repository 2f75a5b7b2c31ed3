"""PDF files: pages, reading order, headings, without running heads."""

import threading
from pathlib import PurePath

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty
from ingestion.parsing.dates import iso_date
from ingestion.parsing.layout import read
from ingestion.parsing.outline import outline
from ingestion.parsing.pdfium import PdfFile
from retrieval.corpus import DocumentMetadata

# PDFium keeps state of its own for the whole process.
_one_at_a_time = threading.Lock()

_PROGRAM_NAMES = ("Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ")
_SOURCE_SUFFIXES = frozenset({".ai", ".doc", ".docx", ".indd", ".odt", ".pdf", ".ppt", ".pptx", ".xls", ".xlsx"})
_PLACEHOLDERS = frozenset({"untitled", "sans titre"})


class PdfParser:
    """Reads PDF files."""

    suffixes = frozenset({".pdf"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        with _one_at_a_time, PdfFile(content, name) as file:
            described = file.described
            sheets, lines = file.read()
        reading = read(sheets, lines)
        if not reading.items:
            raise DocumentEmpty(
                name, "C’est sans doute un scan, et la reconnaissance de caractères n’est pas encore disponible."
            )
        title = _title(described.get("Title", "")) or one_line(reading.largest) or PurePath(name).stem
        days = (iso_date(described.get(key, "")[2:10]) for key in ("ModDate", "CreationDate"))
        date = next((day for day in days if day), None)
        return ParsedDocument(DocumentMetadata(title=title, date=date), outline(reading.items, title))


def _title(described: str) -> str:
    """The title that the author gave, unless it is only a file's name."""
    title = one_line(described)
    for program in _PROGRAM_NAMES:
        title = title.removeprefix(program)
    is_file_name = "_" in title or PurePath(title).suffix.lower() in _SOURCE_SUFFIXES
    return "" if is_file_name or len(title) < 4 or title.lower() in _PLACEHOLDERS else title
