"""A page's text, asked of PDFium at once, and a few of its characters.

A call for each character is what makes reading a PDF from Python slow. The text comes in one call, with
the line breaks that PDFium finds; box, size and weight are those of a line's first and last character.
Only where these two belong to different pieces of text are the gaps between the words looked at too.
"""

import ctypes
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import accumulate, repeat
from operator import sub
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.characters import one_line, smuggled
from ingestion.parsing.camouflage import Ink
from ingestion.parsing.fonts import Fonts, bare
from ingestion.parsing.lines import BOTTOM, HYPHEN, LEFT, RIGHT, TOP, Indexes, Marks, Numbers
from ingestion.parsing.symbols import SYMBOLS

CELL_GAP = 2.0  # times the height of a line: a wider gap parts cells or columns
BLANK = 0.5  # times the height of a line: a wider gap may part cells, where others begin in the same place
NEW_LINE = 0.8  # times the height of a line: what stands so much lower is on the next


_text_object = bare(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
_size = bare(pdfium.FPDFText_GetFontSize, ctypes.c_double)
_box = bare(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
_matrix = bare(pdfium.FPDFText_GetMatrix, ctypes.c_int)
_index = bare(pdfium.FPDFText_GetCharIndexFromTextIndex, ctypes.c_int)

_UNKNOWN = -1

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
        self._ink, self._fonts = Ink(), Fonts()
        self._pieces: list[int | None] = []  # with which the lines begin
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

    def inks(self) -> list[str]:
        """With what ink each line begins (see `camouflage`); they are those that were `cut`."""
        return self._ink.of(self._pieces)

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

    def bold(self, spans: Sequence[Span]) -> list[bool]:
        """Lines whose first, middle and last characters are bold; they are those that were `cut`."""
        bold = self._fonts.bold(self._pieces)
        found = [place for place, is_bold in enumerate(bold) if is_bold]
        if found:
            others = [place for n in found for place in (sum(spans[n]) // 2, spans[n][1])]
            of_others = self._fonts.bold(self._each(_text_object, others))
            for n, middle, last in zip(found, of_others[::2], of_others[1::2], strict=True):
                bold[n] = middle and last
        return bold

    def lines(self, spans: list[Span]) -> list[str]:
        """The words of each span, with single blanks between them."""
        text = self._text
        lines = [text[first : last + 1] for first, last in spans]
        if "  " not in text and "".join(lines).isprintable():
            return lines
        return [one_line(line.translate(SYMBOLS)) + HYPHEN * line.endswith(HYPHEN) for line in lines]

    def cut(self, sheet: Rectangle, rotation: int) -> tuple[list[Span], list[bool]]:
        """The lines, parted at wide gaps and where PDFium missed a new line; which stand beside the one before."""
        spans = _spans(self._text)
        self._pieces = self._each(_text_object, [first for first, _ in spans])
        of_lasts = self._each(_text_object, [last for _, last in spans])
        if self._pieces == of_lasts:
            return spans, [False] * len(spans)
        of_lines = zip(spans, self._pieces, of_lasts, strict=True)
        blanks, inks = self._changes([(*span, piece) for span, piece, last in of_lines if piece != last])
        if not blanks:
            return spans, [False] * len(spans)
        is_wide, is_lower = self._gaps(blanks, sheet, rotation)
        found = np.flatnonzero(is_wide | is_lower | inks).tolist()
        if not found:
            return spans, [False] * len(spans)
        parted, beside = _parted(spans, [(*blanks[n], not is_lower[n]) for n in found])
        self._pieces = self._each(_text_object, [first for first, _ in parted])
        return parted, beside

    def _changes(self, lines: list[tuple[int, int, int | None]]) -> tuple[list[Span], Marks]:
        """The blanks of these lines behind which another piece of text goes on, and whether with another ink."""
        blanks: list[Span] = []
        before: list[int | None] = []  # the piece with which the word before begins, where a line begins with it
        for first, last, piece in lines:
            found = list(_blanks(self._text, first, last))
            blanks += found
            before += [piece, *[_UNKNOWN] * (len(found) - 1)][: len(found)]
        pieces = self._each(_text_object, [start for _, start in blanks])
        before = [known if known != _UNKNOWN else pieces[n - 1] for n, known in enumerate(before)]
        changed = [n for n, piece in enumerate(pieces) if piece != before[n]]
        inks = zip(self._ink.of([before[n] for n in changed]), self._ink.of([pieces[n] for n in changed]), strict=True)
        return [blanks[n] for n in changed], np.array([one != other for one, other in inks], bool)

    def _gaps(self, blanks: list[Span], sheet: Rectangle, rotation: int) -> tuple[Marks, Marks]:
        """Which of the blanks part cells or columns, and behind which PDFium missed a new line."""
        origin, turn = np.array(sheet), np.full(len(blanks), rotation)
        before = as_held(table(self.boxes([end for end, _ in blanks]), 4), origin, turn)
        after = as_held(table(self.boxes([start for _, start in blanks]), 4), origin, turn)
        height = np.maximum(before[:, TOP] - before[:, BOTTOM], after[:, TOP] - after[:, BOTTOM])
        is_lower: Marks = np.abs(after[:, BOTTOM] - before[:, BOTTOM]) > NEW_LINE * height
        if is_lower.any():
            shapes = np.abs(table(self.matrices([start for _, start in blanks]), 6))
            is_lower &= (shapes[:, 1] > shapes[:, 0]) == (rotation in {90, 270})
        gaps, lefts = after[:, LEFT] - before[:, RIGHT], np.round(after[:, LEFT])
        is_wide: Marks = gaps > CELL_GAP * height
        is_wide |= (gaps > BLANK * height) & np.isin(lefts, lefts[is_wide])  # a cell filled up to the next column
        return is_wide, is_lower


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


def _spans(text: str) -> list[Span]:
    """The lines without the blanks around them; a hyphen at the end of a line belongs to it."""
    lines = text.replace(HYPHEN, f"{HYPHEN}\n").split("\n")
    starts = list(accumulate([len(line) + 1 for line in lines], initial=0))
    if HYPHEN in text:  # which had no line break behind it
        starts = list(map(sub, starts, accumulate([line.endswith(HYPHEN) for line in lines], initial=0)))
    begun = list(map(str.lstrip, lines))
    ended = list(map(str.rstrip, begun))
    firsts = [start + len(line) - len(rest) for start, line, rest in zip(starts, lines, begun, strict=False)]
    return [(first, first + len(words) - 1) for first, words in zip(firsts, ended, strict=True) if words]


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
