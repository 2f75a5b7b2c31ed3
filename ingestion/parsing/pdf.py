"""PDF files that carry their text: pages, reading order, headings, without running heads.

PDFium gives characters with their boxes; `layout` makes paragraphs and headings of them. Scanned
pages have no characters: they need OCR, which is not here yet.
"""

import ctypes
import math
import threading
from collections.abc import Iterator
from pathlib import PurePath

import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.characters import one_line
from ingestion.document import ParsedDocument
from ingestion.errors import DocumentEmpty, FileUnreadable
from ingestion.parsing.dates import iso_date
from ingestion.parsing.layout import Box, Line, Page, largest_line, read
from ingestion.parsing.outline import outline
from retrieval.corpus import DocumentMetadata

# PDFium keeps state of its own for the whole process.
_one_at_a_time = threading.Lock()

HYPHEN = "\x02"  # what PDFium writes for a hyphen at the end of a line, having joined the two lines
BOLD = 600

# Office programs write the marks of lists and forms by their places in the fonts Symbol and Wingdings.
SYMBOLS = {
    "\uf06f": "☐",
    "\uf0a7": "▪",
    "\uf0a8": "☐",
    "\uf0b7": "•",
    "\uf0d8": "➢",
    "\uf0e0": "→",
    "\uf0fc": "✓",
    "\uf0fe": "☒",
}
_PROGRAM_NAMES = ("Microsoft Word - ", "Microsoft PowerPoint - ", "Microsoft Excel - ")
_SOURCE_SUFFIXES = frozenset({".ai", ".doc", ".docx", ".indd", ".odt", ".pdf", ".ppt", ".pptx", ".xls", ".xlsx"})
_PLACEHOLDERS = frozenset({"untitled", "sans titre"})


class PdfParser:
    """Reads PDF files with text."""

    suffixes = frozenset({".pdf"})

    def parse(self, content: bytes, name: str) -> ParsedDocument:
        with _one_at_a_time:
            pages, described = _open(content, name)
        items = read(pages)
        if not items:
            raise DocumentEmpty(
                name, "C’est sans doute un scan, et la reconnaissance de caractères n’est pas encore disponible."
            )
        title = _title(described.get("Title", "")) or one_line(largest_line(pages)) or PurePath(name).stem
        date = next(
            (day for key in ("ModDate", "CreationDate") if (day := iso_date(described.get(key, "")[2:10]))), None
        )
        return ParsedDocument(DocumentMetadata(title=title, date=date), outline(items, title))


def _open(content: bytes, name: str) -> tuple[list[Page], dict[str, str]]:
    try:
        with pypdfium2.PdfDocument(content) as document:
            described: dict[str, str] = document.get_metadata_dict()
            return [_page(document, number) for number in range(len(document))], described
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            problem, mend = "ce PDF est protégé par un mot de passe", "Enregistrez-en une copie sans protection."
        else:
            problem, mend = "ce PDF est endommagé", "Ouvrez-le dans un lecteur de PDF et enregistrez-le à nouveau."
        raise FileUnreadable(name, problem, mend) from error


def _page(document: pypdfium2.PdfDocument, index: int) -> Page:
    page = document[index]
    sheet, rotation = Box(*page.get_bbox()), page.get_rotation()
    text = page.get_textpage()
    try:
        lines = tuple(_lines(text, sheet, rotation, index + 1))
    finally:
        text.close()
        page.close()
    return Page(number=index + 1, box=_as_held(sheet, sheet, rotation), lines=lines)


def _as_held(box: Box, sheet: Box, rotation: int) -> Box:
    """A box of the file where a reader sees it who holds the sheet turned clockwise by `rotation` degrees."""
    match rotation:
        case 90:
            return Box(box.bottom, sheet.right - box.right, box.top, sheet.right - box.left)
        case 180:
            return Box(sheet.right - box.right, sheet.top - box.top, sheet.right - box.left, sheet.top - box.bottom)
        case 270:
            return Box(sheet.top - box.top, box.left, sheet.top - box.bottom, box.right)
        case _:
            return box


def _lines(text: pypdfium2.PdfTextPage, sheet: Box, rotation: int, number: int) -> Iterator[Line]:
    """Lines in the order of the file. What lies off the sheet is on no reader's page and is left out."""
    raw = text.raw
    line = _LineInProgress(number)
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    run, size, bold, turned = 0, 0.0, False, False
    for index in range(text.count_chars()):
        character = chr(pdfium.FPDFText_GetUnicode(raw, index))
        if character in "\r\n":
            yield from line.end()
            continue
        if character == HYPHEN:
            line.hyphenate()
            continue
        if pdfium.FPDFText_IsGenerated(raw, index) == 1:
            line.space()
            continue
        pdfium.FPDFText_GetLooseCharBox(raw, index, box)
        place = Box(box.left, box.bottom, box.right, box.top)
        if not place.meets(sheet):
            continue
        place = _as_held(place, sheet, rotation)
        current = ctypes.cast(pdfium.FPDFText_GetTextObject(raw, index), ctypes.c_void_p).value or 0
        if current != run or not run:
            run = current
            pdfium.FPDFText_GetMatrix(raw, index, matrix)
            size = pdfium.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d)
            turned = (abs(matrix.b) > abs(matrix.a)) != (rotation in {90, 270})
            bold = pdfium.FPDFText_GetFontWeight(raw, index) >= BOLD
        if line.breaks_at(place, turned):
            yield from line.end()
        line.add(character, place, size, bold)
    yield from line.end()


class _LineInProgress:
    """Characters on one baseline, until the next line begins."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._clear()

    def _clear(self) -> None:
        self._characters: list[str] = []
        self._box: Box | None = None
        self._last: Box | None = None
        self._size_total = self._bold_total = self._drawn = 0.0
        self._widest_gap = 0.0

    def breaks_at(self, place: Box, turned: bool) -> bool:
        """Whether a character there stands on another line although the file goes on without a break."""
        last = self._last
        return (
            last is not None and not turned and abs(place.bottom - last.bottom) > 0.8 * max(last.height, place.height)
        )

    def add(self, character: str, place: Box, size: float, bold: bool) -> None:
        if character.isspace():
            self.space()
            return
        if self._last is not None:
            self._widest_gap = max(self._widest_gap, place.left - self._last.right)
        self._characters.append(SYMBOLS.get(character, character))
        self._box = place if self._box is None else self._box.joined(place)
        self._last = place
        self._size_total += size
        self._bold_total += bold
        self._drawn += 1

    def space(self) -> None:
        self._characters.append(" ")

    def hyphenate(self) -> None:
        self._characters.append(HYPHEN)
        self._last = None  # what follows stands on the next line of the paper

    def end(self) -> Iterator[Line]:
        text = HYPHEN.join(map(one_line, "".join(self._characters).split(HYPHEN)))
        if text and self._box is not None:
            size = self._size_total / self._drawn
            yield Line(
                text=text,
                page=self._page,
                box=self._box,
                size=size,
                bold=self._bold_total > 0.8 * self._drawn,
                is_row=self._widest_gap > 2.5 * size,
            )
        self._clear()


def _title(described: str) -> str:
    """The title that the author gave, unless it is only a file's name."""
    title = one_line(described)
    for program in _PROGRAM_NAMES:
        title = title.removeprefix(program)
    is_file_name = "_" in title or PurePath(title).suffix.lower() in _SOURCE_SUFFIXES
    return "" if is_file_name or len(title) < 4 or title.lower() in _PLACEHOLDERS else title
