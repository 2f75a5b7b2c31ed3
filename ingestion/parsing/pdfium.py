"""PDF files as PDFium opens them: sheets and lines, or a clear refusal."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.errors import FileUnreadable, PageNotFound, PictureTooLarge, TooManyPages
from ingestion.invisible import PLACES
from ingestion.parsing.calls import OpenPage
from ingestion.parsing.camouflage import SMALL, hidden
from ingestion.parsing.held import as_held, table
from ingestion.parsing.lines import BOTTOM, RIGHT, TOP, Indexes, Lines, Numbers, Rectangle, Sheet
from ingestion.parsing.ocr import Picture, PrintedLine, printed
from ingestion.parsing.page_text import page_text
from ingestion.parsing.printed_cells import cell_by_cell
from ingestion.parsing.sheet_view import viewed
from ingestion.sheet import SheetView, SheetWanted

FEW_CHARACTERS = 40  # a page with less, and a picture, is a scan, perhaps with a stamp on it
SCAN_SHARE = 0.3  # of the page, that its picture covers at least
RESOLUTION = 200  # pixels an inch
ASCENT, DESCENT = 0.9, 0.22  # of the size of print: where a line ends above and below what it stands on


@dataclass(frozen=True, slots=True)
class PdfLimits:
    """What is read of one file; `pixels` bounds each picture, in the file and as a page is drawn."""

    pages: int = 5_000
    pixels: int = 100_000_000


class PdfFile:
    """An open file, whose pages are read and dropped one by one.

    Raises `FileUnreadable`, `TooManyPages`, `PictureTooLarge`.
    """

    def __init__(self, content: bytes, name: str, limits: PdfLimits) -> None:
        self._name, self._limits = name, limits
        self.unseen = self.invisible = ""
        """What no reader sees, once the file is read."""
        self.is_plain = False
        """Whether all characters of the lines that were read are seen, and composed (see `visible`)."""
        with self._refusing():
            self._document = pypdfium2.PdfDocument(content)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._document.close()

    @property
    def described(self) -> dict[str, str]:
        """What the file says of itself: `Title`, `CreationDate` and the like."""
        described: dict[str, str] = self._document.get_metadata_dict()
        return described

    def read(self, recognise: Callable[[Picture], Sequence[list[PrintedLine]]]) -> tuple[list[Sheet], Lines]:
        """The sheets as they are held, and the lines of all; `recognise` reads those that are pictures."""
        pages = len(self._document)
        if pages > self._limits.pages:
            raise TooManyPages(self._name, pages, self._limits.pages)
        collected = _Collected(self._document)
        with self._refusing():
            for index in range(pages):
                if collected.add(index) < FEW_CHARACTERS:
                    page, sheet = self._document[index], collected.sheets[-1]
                    if self._is_scan(page, sheet):
                        collected.add_scan(self._recognised(page, sheet, recognise))
                    page.close()
        lines = collected.lines()
        self.unseen, self.is_plain = "\n".join(collected.unseen), collected.is_plain
        self.invisible = "\n".join(collected.invisible)
        return collected.sheets, lines

    def view(self, wanted: SheetWanted, recognise: Callable[[Picture], Sequence[list[PrintedLine]]]) -> SheetView:
        """One page as its reader sees it; `recognise` finds a passage on a picture. Raises `PageNotFound` besides."""
        pages = len(self._document)
        if not 1 <= wanted.number <= pages:
            raise PageNotFound(self._name, wanted.number, pages)
        with self._refusing():
            page = self._document[wanted.number - 1]
            sheet = Sheet(wanted.number, *page.get_size())

            def read() -> Lines:
                return self._recognised(page, sheet, recognise)

            view = viewed(self._document, wanted, read if self._is_scan(page, sheet) else None)
            page.close()
            return view

    def _recognised(
        self, page: pypdfium2.PdfPage, sheet: Sheet, recognise: Callable[[Picture], Sequence[list[PrintedLine]]]
    ) -> Lines:
        picture = self._drawn(page, sheet)
        return printed(*cell_by_cell(recognise(picture)), picture, sheet, sheet.number - 1)

    def _is_scan(self, page: pypdfium2.PdfPage, sheet: Sheet) -> bool:
        """Whether a picture covers much of the sheet; none that is too large is ever decoded."""
        is_scan = False
        for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]):
            self._check(sheet, *image.get_px_size())
            left, bottom, right, top = image.get_bounds()
            is_scan |= (right - left) * (top - bottom) > SCAN_SHARE * sheet.width * sheet.height
        return is_scan

    def _check(self, sheet: Sheet, width: int, height: int) -> None:
        if width * height > self._limits.pixels:
            raise PictureTooLarge(self._name, sheet.number, width, height, self._limits.pixels)

    def _drawn(self, page: pypdfium2.PdfPage, sheet: Sheet) -> Picture:
        scale = RESOLUTION / 72
        self._check(sheet, math.ceil(sheet.width * scale), math.ceil(sheet.height * scale))
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        try:
            rows = np.frombuffer(bitmap.buffer, np.uint8).reshape(bitmap.height, bitmap.stride)
            return Picture(bitmap.width, bitmap.height, rows[:, : bitmap.width].tobytes())
        finally:
            bitmap.close()

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
                problem, mend = "ce PDF est protégé par un mot de passe", "Enregistrez-en une copie sans protection."
            else:
                problem, mend = "ce PDF est endommagé", "Ouvrez-le dans un lecteur de PDF et enregistrez-le à nouveau."
            raise FileUnreadable(self._name, problem, mend) from error


class _Collected:
    """The pages so far. What PDFium wrote of their characters becomes arrays when all are read."""

    def __init__(self, document: pypdfium2.PdfDocument) -> None:
        self._document = document
        self.sheets: list[Sheet] = []
        self._placed: list[tuple[Rectangle, int, int]] = []
        self._texts: list[str] = []
        self._sizes: list[float] = []
        self._lefts, self._rights, self._shapes = bytearray(), bytearray(), bytearray()
        self._bold, self._beside, self._hidden = bytearray(), bytearray(), bytearray()
        self._scans: list[Lines] = []
        self.unseen: list[str] = []
        self.invisible: list[str] = []
        self.is_plain = True

    def add(self, index: int) -> int:
        """Read that page, and say how many characters it has."""
        with OpenPage(self._document, index) as page:
            sheet, rotation = page.bounds, page.rotation
            text = page_text(page.characters(), sheet, rotation)
        across, down = sheet[2] - sheet[0], sheet[3] - sheet[1]
        self.sheets.append(Sheet(len(self.sheets) + 1, *((down, across) if rotation in {90, 270} else (across, down))))
        entries = text.entries
        self._lefts += entries.lefts
        self._rights += entries.rights
        self._shapes += text.matrices
        self._sizes += text.sizes
        self._bold += bytes(text.bold)
        self._texts += text.texts
        self._beside += bytes(entries.beside)
        if any(entries.inks):
            page = self._document[index]
            self._hidden += bytes(hidden(page, entries.inks, table(entries.lefts, 4)))
            page.close()
        else:
            self._hidden += bytes(len(entries.inks))
        self.is_plain &= text.is_plain
        if text.smuggled:
            self.unseen.append(text.smuggled)
        if text.invisible and len(self.invisible) < PLACES:
            self.invisible.append(text.invisible)
        self._placed.append((sheet, rotation, len(text.texts)))
        return text.characters

    def add_scan(self, lines: Lines) -> None:
        """Take these for the lines of the last page."""
        self._scans.append(lines)
        self.is_plain = False

    def lines(self) -> Lines:
        """All lines. What lies off a sheet is on no reader's page and is left out."""
        sheets = np.repeat(np.arange(len(self.sheets)), [count for _, _, count in self._placed])
        origins = np.array([sheet for sheet, _, _ in self._placed]).reshape(-1, 4)[sheets]
        rotations = np.array([rotation for _, rotation, _ in self._placed], int)[sheets]
        first, last = (as_held(table(raw, 4), origins, rotations) for raw in (self._lefts, self._rights))
        low, high = np.minimum(first, last)[:, :RIGHT], np.maximum(first, last)[:, RIGHT:]
        shapes = table(self._shapes, 6)
        sizes = np.array(self._sizes) * np.hypot(shapes[:, 2], shapes[:, 3])
        _stretch(low, high, sizes, shapes, as_held(shapes[:, [4, 5, 4, 5]], origins, rotations), rotations)
        bold, beside, is_hidden = (np.frombuffer(raw, bool) for raw in (self._bold, self._beside, self._hidden))
        lines = Lines(self._texts, sheets, np.concatenate([low, high], axis=1), sizes, bold, beside)
        extents = np.array([(sheet.width, sheet.height) for sheet in self.sheets]).reshape(-1, 2)[sheets]
        seen = ((low < extents) & (high > 0)).all(axis=1)
        if "" in self._texts:
            seen &= np.array(list(map(bool, self._texts)))
        is_hidden = is_hidden | ((sizes <= SMALL) & (high[:, 1] - low[:, 1] <= 2 * SMALL))
        self.unseen += [self._texts[place] for place in np.flatnonzero(seen & is_hidden).tolist()]
        seen &= ~is_hidden
        if self._scans:
            scans = Lines.joined(self._scans)
            seen &= ~np.isin(sheets, scans.sheets)
            lines = Lines.joined([lines.taken(np.flatnonzero(seen)), scans])
            return lines.taken(np.argsort(lines.sheets, kind="stable"))
        return lines if seen.all() else lines.taken(np.flatnonzero(seen))


def _stretch(
    low: Numbers, high: Numbers, sizes: Numbers, shapes: Numbers, origins: Numbers, rotations: Indexes
) -> None:
    """Make upright lines as high as their print is: by its letters, a box is lower without a `p` or an `É`."""
    along, aside = np.abs(shapes[:, :2]).T
    is_turned = (rotations == 90) | (rotations == 270)
    upright = np.flatnonzero(np.where(is_turned, along < 0.1 * aside, aside < 0.1 * along))
    low[upright, BOTTOM] = origins[upright, BOTTOM] - DESCENT * sizes[upright]
    high[upright, TOP - RIGHT] = origins[upright, BOTTOM] + ASCENT * sizes[upright]
