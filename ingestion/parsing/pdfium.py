"""PDFium, asked little: a page's whole text at once, then a few characters of each line.

A call for each character is what makes reading a PDF from Python slow. The text comes in one call, with
the line breaks that PDFium finds; box, size and weight are those of a line's first and last character.
Only where these two belong to different pieces of text are the gaps between the words looked at too.
"""

import ctypes
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any, Self

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.characters import one_line
from ingestion.errors import FileUnreadable
from ingestion.parsing.lines import BOTTOM, HYPHEN, LEFT, RIGHT, TOP, Lines, Marks, Numbers, Sheet

BOLD = 600
CELL_GAP = 2.0  # times the height of a line: a wider gap parts cells or columns
NEW_LINE = 0.8  # times the height of a line: what stands so much lower is on the next

# Office programs write the marks of lists and forms by their places in the fonts Symbol and Wingdings.
SYMBOLS = str.maketrans(
    {
        "\uf06f": "☐",
        "\uf0a7": "▪",
        "\uf0a8": "☐",
        "\uf0b7": "•",
        "\uf0d8": "➢",
        "\uf0e0": "→",
        "\uf0fc": "✓",
        "\uf0fe": "☒",
    }
)


def _bare(function: Any, result: Any) -> Any:
    """The function without checks of its arguments: three times as fast. The interpreter's lock stays held."""
    return ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_text_object = _bare(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
_weight = _bare(pdfium.FPDFText_GetFontWeight, ctypes.c_int)
_size = _bare(pdfium.FPDFText_GetFontSize, ctypes.c_double)
_box = _bare(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
_matrix = _bare(pdfium.FPDFText_GetMatrix, ctypes.c_int)
_index = _bare(pdfium.FPDFText_GetCharIndexFromTextIndex, ctypes.c_int)

_AT_ONCE = 256
_room = np.zeros((_AT_ONCE, 6), np.float32)  # PDFium writes here: one page is read at a time
_rows = [ctypes.c_void_p(_room.ctypes.data + row * _room.strides[0]) for row in range(_AT_ONCE)]

Span = tuple[int, int]  # first and last character


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

    def pages(self) -> Iterator[tuple[Sheet, Lines]]:
        """The sheets as they are held, each with its lines."""
        with self._refusing():
            for index in range(len(self._document)):
                page = self._document[index]
                try:
                    yield _read(page, index)
                finally:
                    page.close()

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


def _read(page: pypdfium2.PdfPage, index: int) -> tuple[Sheet, Lines]:
    text_page = page.get_textpage()
    try:
        text = _PageText(page, text_page)
        return Sheet(index + 1, *text.extent), text.lines(index)
    finally:
        text_page.close()


class _PageText:
    """The text of a page, and what PDFium knows of its characters."""

    def __init__(self, page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> None:
        self._handle = ctypes.c_void_p(ctypes.cast(text_page.raw, ctypes.c_void_p).value)
        self._sheet, self._rotation = page.get_bbox(), page.get_rotation()
        left, bottom, right, top = self._sheet
        across, down = right - left, top - bottom
        self.extent = (down, across) if self._rotation in {90, 270} else (across, down)
        text: str = text_page.get_text_range(errors="surrogatepass")
        self._is_whole = len(text) == text_page.count_chars()
        self._text: str = text.replace("\xa0", " ").replace("\u202f", " ").replace("\t", " ")
        self._is_spaced = "  " in text

    def lines(self, sheet: int) -> Lines:
        """Its lines in the order of the file. What lies off the sheet is on no reader's page and is left out."""
        spans, beside = self._cut([*_spans(self._text)])
        if not spans:
            return Lines.joined([])
        firsts, lasts = [first for first, _ in spans], [last for _, last in spans]
        boxes = _around(self._boxes(firsts), self._boxes(lasts))
        shapes = self._numbers(_matrix, firsts)
        sizes = np.array(self._each(_size, firsts)) * np.hypot(shapes[:, 2], shapes[:, 3])
        texts = [self._line(first, last + 1) for first, last in spans]
        sheets = np.full(len(spans), sheet)
        lines = Lines(texts, sheets, boxes, sizes, self._bold(firsts, lasts), beside)
        width, height = self.extent
        seen = (boxes[:, LEFT] < width) & (boxes[:, RIGHT] > 0) & (boxes[:, BOTTOM] < height) & (boxes[:, TOP] > 0)
        return lines if seen.all() and all(texts) else lines.taken(np.flatnonzero(seen & np.array(texts, bool)))

    def _line(self, start: int, end: int) -> str:
        line = self._text[start:end]
        if line.isprintable() and not self._is_spaced:
            return line
        end_hyphen = HYPHEN if line.endswith(HYPHEN) else ""
        return one_line(line.translate(SYMBOLS)) + end_hyphen

    def _each(self, function: Any, positions: Sequence[int]) -> list[Any]:
        """What the function says of the characters at these places in the text."""
        if not self._is_whole:
            positions = list(map(_index, repeat(self._handle), positions))
        return list(map(function, repeat(self._handle), positions))

    def _numbers(self, function: Any, positions: list[int]) -> Numbers:
        """What the function writes of these characters, one row each."""
        if not self._is_whole:
            positions = list(map(_index, repeat(self._handle), positions))
        parts = []
        for start in range(0, len(positions), _AT_ONCE):
            some = positions[start : start + _AT_ONCE]
            deque(map(function, repeat(self._handle), some, _rows), maxlen=0)
            parts.append(_room[: len(some)].astype(np.float64))
        return np.concatenate(parts)

    def _boxes(self, positions: list[int]) -> Numbers:
        """Boxes of characters on the sheet as a reader holds it, who has turned it clockwise."""
        left, top, right, bottom = self._numbers(_box, positions)[:, :4].T
        west, south, east, north = self._sheet
        match self._rotation:
            case 90:
                held = (bottom - south, east - right, top - south, east - left)
            case 180:
                held = (east - right, north - top, east - left, north - bottom)
            case 270:
                held = (north - top, left - west, north - bottom, right - west)
            case _:
                held = (left - west, bottom - south, right - west, top - south)
        return np.stack(held, axis=1)

    def _bold(self, firsts: list[int], lasts: list[int]) -> Marks:
        """Lines whose first, middle and last characters are bold."""
        bold = np.array(self._each(_weight, firsts)) >= BOLD
        for index in np.flatnonzero(bold).tolist():
            first, last = firsts[index], lasts[index]
            bold[index] = min(self._each(_weight, ((first + last) // 2, last))) >= BOLD
        return bold

    def _cut(self, spans: list[Span]) -> tuple[list[Span], Marks]:
        """The spans parted at wide gaps and where PDFium missed a new line; which stand beside the one before."""
        objects = zip(
            self._each(_text_object, [first for first, _ in spans]),
            self._each(_text_object, [last for _, last in spans]),
            strict=True,
        )
        mixed = [span for span, (first, last) in zip(spans, objects, strict=True) if first != last]
        blanks = [blank for first, last in mixed for blank in _blanks(self._text, first, last)]
        if not blanks:
            return spans, np.zeros(len(spans), bool)
        before, after = self._boxes([end for end, _ in blanks]), self._boxes([start for _, start in blanks])
        height = np.maximum(before[:, TOP] - before[:, BOTTOM], after[:, TOP] - after[:, BOTTOM])
        is_wide = after[:, LEFT] - before[:, RIGHT] > CELL_GAP * height
        is_lower = np.abs(after[:, BOTTOM] - before[:, BOTTOM]) > NEW_LINE * height
        if is_lower.any():
            is_lower[is_lower] = ~self._turned([blanks[n][1] for n in np.flatnonzero(is_lower).tolist()])
        cuts = deque((*blanks[n], not is_lower[n]) for n in np.flatnonzero(is_wide | is_lower).tolist())
        parted: list[Span] = []
        beside: list[bool] = []
        for first, last in spans:
            is_beside = False
            while cuts and cuts[0][0] < last:
                end, start, goes_on_beside = cuts.popleft()
                parted.append((first, end))
                beside.append(is_beside)
                first, is_beside = start, goes_on_beside
            parted.append((first, last))
            beside.append(is_beside)
        return parted, np.array(beside)

    def _turned(self, positions: list[int]) -> Marks:
        """Which of these characters do not stand upright."""
        shapes = self._numbers(_matrix, positions)
        lies = np.abs(shapes[:, 1]) > np.abs(shapes[:, 0])
        return ~lies if self._rotation in {90, 270} else lies


def _spans(text: str) -> Iterator[Span]:
    """The lines without the blanks around them; a hyphen at the end of a line belongs to it."""
    start = 0
    for line in text.split("\r\n"):
        parts = line.split(HYPHEN) if HYPHEN in line else (line,)
        for part in parts:
            end = start + len(part)
            stripped = part.strip()
            if stripped:
                first = start + part.index(stripped[0]) if len(stripped) < len(part) else start
                yield first, min(end, len(text) - 1) if part is not parts[-1] else first + len(stripped) - 1
            start = end + 1
        start += 1


def _blanks(text: str, first: int, last: int) -> Iterator[Span]:
    """The characters before and after each blank."""
    end = first
    while (end := text.find(" ", end, last)) > 0:
        start = end + 1
        while text[start] == " ":
            start += 1
        yield end - 1, start
        end = start


def _around(some: Numbers, others: Numbers) -> Numbers:
    """The smallest boxes that hold both."""
    low, high = np.minimum(some, others), np.maximum(some, others)
    return np.concatenate([low[:, :2], high[:, 2:]], axis=1)
