"""A page's text, asked of PDFium at once, and a few of its characters.

A call for each character is what makes reading a PDF from Python slow. The text comes in one call, with
the line breaks that PDFium finds; box, size and weight are those of a line's first and last character.
Only where these two belong to different pieces of text are the gaps between the words looked at too.
"""

import ctypes
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.characters import one_line, smuggled
from ingestion.parsing.camouflage import Ink
from ingestion.parsing.lines import BOTTOM, HYPHEN, LEFT, RIGHT, TOP, Indexes, Numbers
from ingestion.parsing.symbols import SYMBOLS

BOLD = 600
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi|gras", re.IGNORECASE)
CELL_GAP = 2.0  # times the height of a line: a wider gap parts cells or columns
BLANK = 0.5  # times the height of a line: a wider gap may part cells, where others begin in the same place
NEW_LINE = 0.8  # times the height of a line: what stands so much lower is on the next


def _bare(function: Any, result: Any, *arguments: Any) -> Any:
    """The function without checks of its arguments: three times as fast. The interpreter's lock stays held."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_text_object = _bare(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
_font = _bare(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p, ctypes.c_void_p)
_size = _bare(pdfium.FPDFText_GetFontSize, ctypes.c_double)
_box = _bare(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
_matrix = _bare(pdfium.FPDFText_GetMatrix, ctypes.c_int)
_index = _bare(pdfium.FPDFText_GetCharIndexFromTextIndex, ctypes.c_int)

_AT_ONCE = 256
_space = ctypes.create_string_buffer(_AT_ONCE * 24)  # PDFium writes here: one page is read at a time
_room = memoryview(_space)
_box_places = [ctypes.byref(_space, 16 * row) for row in range(_AT_ONCE)]
_matrix_places = [ctypes.byref(_space, 24 * row) for row in range(_AT_ONCE)]

Span = tuple[int, int]  # first and last character
Rectangle = tuple[float, float, float, float]  # left, bottom, right, top


class PageText:
    """The text of a page, and what PDFium knows of its characters."""

    def __init__(self, text_page: pypdfium2.PdfTextPage) -> None:
        self._handle = ctypes.c_void_p(ctypes.cast(text_page.raw, ctypes.c_void_p).value)
        text: str = text_page.get_text_range(errors="surrogatepass")
        self._is_whole = len(text) == text_page.count_chars()
        self._text = text.replace("\xa0", " ").replace("\u202f", " ").replace("\t", " ")
        self._ink = Ink()
        self.smuggled = smuggled(text)

    def boxes(self, places: Sequence[int]) -> bytes:
        """Left, top, right, bottom of each, as PDFium writes them."""
        return self._written(_box, places, _box_places)

    def matrices(self, places: Sequence[int]) -> bytes:
        """The six numbers of each one's matrix, as PDFium writes them."""
        return self._written(_matrix, places, _matrix_places)

    def sizes(self, places: Sequence[int]) -> list[float]:
        """The size of each one's font, which its matrix may still change."""
        return self._each(_size, places)

    def inks(self, places: Sequence[int]) -> list[str]:
        """With what ink each is drawn (see `camouflage`)."""
        return self._ink.of(self._each(_text_object, places))

    def typical(self, spans: Sequence[Span]) -> list[int]:
        """One character of each that has its size: not the raised number of a note, by which it begins."""
        text = self._text
        return [last if text[first].isdigit() else first for first, last in spans]

    def _each(self, function: Any, places: Sequence[int]) -> list[Any]:
        return list(map(function, repeat(self._handle), self._indexes(places)))

    def _written(self, function: Any, places: Sequence[int], addresses: list[Any]) -> bytes:
        indexes, width = self._indexes(places), 24 if addresses is _matrix_places else 16
        parts = []
        for start in range(0, len(indexes), _AT_ONCE):
            some = indexes[start : start + _AT_ONCE]
            deque(map(function, repeat(self._handle), some, addresses), maxlen=0)
            parts.append(bytes(_room[: width * len(some)]))
        return b"".join(parts)

    def _indexes(self, places: Sequence[int]) -> Sequence[int]:
        return places if self._is_whole else list(map(_index, repeat(self._handle), places))

    def bold(self, firsts: list[int], lasts: list[int]) -> list[bool]:
        """Lines whose first, middle and last characters are bold."""
        bold = self._each_bold(firsts)
        if True in bold:
            for index in [index for index, is_bold in enumerate(bold) if is_bold]:
                first, last = firsts[index], lasts[index]
                bold[index] = all(self._each_bold([(first + last) // 2, last]))
        return bold

    def _each_bold(self, places: Sequence[int]) -> list[bool]:
        fonts = [_font(text_object) for text_object in self._each(_text_object, places)]
        known = {font: _is_bold(font) for font in set(fonts)}
        return [known[font] for font in fonts]

    def lines(self, spans: list[Span]) -> list[str]:
        """The words of each span, with single blanks between them."""
        text = self._text
        lines = [text[first : last + 1] for first, last in spans]
        if "  " not in text and "".join(lines).isprintable():
            return lines
        return [one_line(line.translate(SYMBOLS)) + HYPHEN * line.endswith(HYPHEN) for line in lines]

    def cut(self, sheet: Rectangle, rotation: int) -> tuple[list[Span], list[bool]]:
        """The lines, parted at wide gaps and where PDFium missed a new line; which stand beside the one before."""
        spans = list(_spans(self._text))
        of_firsts = self._each(_text_object, [span[0] for span in spans])
        of_lasts = self._each(_text_object, [span[1] for span in spans])
        if of_firsts == of_lasts:
            return spans, [False] * len(spans)
        mixed = [span for span, first, last in zip(spans, of_firsts, of_lasts, strict=True) if first != last]
        blanks = [blank for first, last in mixed for blank in _blanks(self._text, first, last)]
        origin, turn = np.array(sheet), np.full(len(blanks), rotation)
        before = as_held(table(self.boxes([end for end, _ in blanks]), 4), origin, turn)
        after = as_held(table(self.boxes([start for _, start in blanks]), 4), origin, turn)
        height = np.maximum(before[:, TOP] - before[:, BOTTOM], after[:, TOP] - after[:, BOTTOM])
        is_lower = np.abs(after[:, BOTTOM] - before[:, BOTTOM]) > NEW_LINE * height
        if is_lower.any():
            shapes = np.abs(table(self.matrices([start for _, start in blanks]), 6))
            is_lower &= (shapes[:, 1] > shapes[:, 0]) == (rotation in {90, 270})
        gaps, lefts = after[:, LEFT] - before[:, RIGHT], np.round(after[:, LEFT])
        is_wide = gaps > CELL_GAP * height
        is_wide |= (gaps > BLANK * height) & np.isin(lefts, lefts[is_wide])  # a cell filled up to the next column
        found = np.flatnonzero(is_wide | is_lower | self._changes_ink(mixed, blanks)).tolist()
        return _parted(spans, [(*blanks[n], not is_lower[n]) for n in found])

    def _changes_ink(self, lines: list[Span], blanks: list[Span]) -> list[bool]:
        """Whether the words after these blanks are drawn with another ink than those before them."""
        firsts, starts = [first for first, _ in lines], [start for _, start in blanks]
        words = sorted(firsts + starts)
        inks = dict(zip(words, self.inks(words), strict=True))
        if not any(inks.values()):
            return [False] * len(blanks)
        before = dict(zip(words[1:], words, strict=False))
        return [inks[start] != inks[before[start]] for start in starts]


def _is_bold(font: int | None) -> bool:
    """By its weight, or by its name where the file does not tell the weight."""
    if font is None:  # of a blank that PDFium made up
        return False
    handle = ctypes.cast(font, pdfium.FPDF_FONT)
    if pdfium.FPDFFont_GetWeight(handle) >= BOLD:
        return True
    name = ctypes.create_string_buffer(128)
    pdfium.FPDFFont_GetBaseFontName(handle, name, len(name))
    return _BOLD_NAME.search(name.value) is not None


def _parted(spans: list[Span], cuts: list[tuple[int, int, bool]]) -> tuple[list[Span], list[bool]]:
    """The spans, each cut after some characters and before others, and whether its parts are beside each other."""
    waiting, parted, beside = deque(cuts), [], []
    for first, last in spans:
        is_beside = False
        while waiting and waiting[0][0] < last:
            end, start, goes_on_beside = waiting.popleft()
            parted.append((first, end))
            beside.append(is_beside)
            first, is_beside = start, goes_on_beside
        parted.append((first, last))
        beside.append(is_beside)
    return parted, beside


def _spans(text: str) -> Iterator[Span]:
    """The lines without the blanks around them; a hyphen at the end of a line belongs to it."""
    start = 0
    for line in text.replace(HYPHEN, f"{HYPHEN}\n").split("\n"):
        stripped = line.strip()
        if stripped:
            first = start + len(line) - len(line.lstrip())
            yield first, first + len(stripped) - 1
        start += len(line) + (not line.endswith(HYPHEN))


def _blanks(text: str, first: int, last: int) -> Iterator[Span]:
    """The characters before and after each blank."""
    end = first
    while (end := text.find(" ", end, last)) > 0:
        start = end + 1
        while text[start] == " ":
            start += 1
        yield end - 1, start
        end = start


def table(raw: bytes | bytearray, columns: int) -> Numbers:
    return np.frombuffer(raw, np.float32).astype(np.float64).reshape(-1, columns)


def as_held(boxes: Numbers, sheets: Numbers, rotations: Indexes) -> Numbers:
    """PDFium's boxes (left, top, right, bottom) on sheets as a reader holds them, who has turned them clockwise."""
    left, top, right, bottom = boxes.T
    west, south, east, north = sheets.T
    upright = np.stack([left - west, bottom - south, right - west, top - south], axis=1)
    if not rotations.any():
        return upright
    turned = {
        90: [bottom - south, east - right, top - south, east - left],
        180: [east - right, north - top, east - left, north - bottom],
        270: [north - top, left - west, north - bottom, right - west],
    }
    for angle, sides in turned.items():
        upright = np.where((rotations == angle)[:, None], np.stack(sides, axis=1), upright)
    return upright
