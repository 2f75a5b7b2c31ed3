"""PDF files as PDFium opens them: sheets and lines, or a clear refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.errors import FileUnreadable
from ingestion.parsing.lines import RIGHT, Lines, Sheet
from ingestion.parsing.page_text import PageText, Rectangle, as_held, table


class PdfFile:
    """An open file; its pages are read and dropped one by one. Raises `FileUnreadable`."""

    def __init__(self, content: bytes, name: str) -> None:
        self._name = name
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

    def read(self) -> tuple[list[Sheet], Lines]:
        """The sheets as they are held, and the lines of all."""
        collected = _Collected()
        with self._refusing():
            for index in range(len(self._document)):
                page = self._document[index]
                try:
                    collected.add(page)
                finally:
                    page.close()
        return collected.sheets, collected.lines()

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

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._placed: list[tuple[Rectangle, int, int]] = []
        self._texts: list[str] = []
        self._beside: list[bool] = []
        self._bold: list[bool] = []
        self._sizes: list[float] = []
        self._firsts, self._lasts, self._shapes = bytearray(), bytearray(), bytearray()

    def add(self, page: pypdfium2.PdfPage) -> None:
        """Read the page."""
        sheet, rotation = page.get_bbox(), page.get_rotation()
        across, down = sheet[2] - sheet[0], sheet[3] - sheet[1]
        self.sheets.append(Sheet(len(self.sheets) + 1, *((down, across) if rotation in {90, 270} else (across, down))))
        text_page = page.get_textpage()
        try:
            text = PageText(text_page)
            spans, beside = text.cut(sheet, rotation)
            firsts, lasts = [span[0] for span in spans], [span[1] for span in spans]
            self._firsts += text.boxes(firsts)
            self._lasts += text.boxes(lasts)
            self._shapes += text.matrices(firsts)
            self._sizes += text.sizes(firsts)
            self._bold += text.bold(firsts, lasts)
            self._texts += text.lines(spans)
            self._beside += beside
        finally:
            text_page.close()
        self._placed.append((sheet, rotation, len(spans)))

    def lines(self) -> Lines:
        """All lines. What lies off a sheet is on no reader's page and is left out."""
        sheets = np.repeat(np.arange(len(self.sheets)), [count for _, _, count in self._placed])
        origins = np.array([sheet for sheet, _, _ in self._placed]).reshape(-1, 4)[sheets]
        rotations = np.array([rotation for _, rotation, _ in self._placed], int)[sheets]
        first, last = (as_held(table(raw, 4), origins, rotations) for raw in (self._firsts, self._lasts))
        low, high = np.minimum(first, last)[:, :RIGHT], np.maximum(first, last)[:, RIGHT:]
        shapes = table(self._shapes, 6)
        sizes = np.array(self._sizes) * np.hypot(shapes[:, 2], shapes[:, 3])
        bold, beside = np.array(self._bold, bool), np.array(self._beside, bool)
        lines = Lines(self._texts, sheets, np.concatenate([low, high], axis=1), sizes, bold, beside)
        extents = np.array([(sheet.width, sheet.height) for sheet in self.sheets]).reshape(-1, 2)[sheets]
        seen = ((low < extents) & (high > 0)).all(axis=1) & np.array([text != "" for text in self._texts], bool)
        return lines if seen.all() else lines.taken(np.flatnonzero(seen))
