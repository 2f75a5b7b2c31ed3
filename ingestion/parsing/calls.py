"""PDFium's functions, called for many characters or pieces of text in a row.

They are bound without checks of their arguments, and write where there is room already: a third of the usual price.
The interpreter's lock stays held, and one page is read at a time.
"""

import ctypes
from codecs import utf_16_le_decode
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, Self

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.parsing.lines import Rectangle

AT_ONCE = 512


def bare(function: Any, result: Any, *arguments: Any) -> Any:
    """The function, without checks of its other arguments than these."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_bounds = bare(pdfium.FPDF_GetPageBoundingBox, ctypes.c_int)
_rotation = bare(pdfium.FPDFPage_GetRotation, ctypes.c_int)
_close = bare(pdfium.FPDF_ClosePage, None)
_close_text = bare(pdfium.FPDFText_ClosePage, None)
_count = bare(pdfium.FPDFText_CountChars, ctypes.c_int)
_text = bare(pdfium.FPDFText_GetText, ctypes.c_int)
_index = bare(pdfium.FPDFText_GetCharIndexFromTextIndex, ctypes.c_int)
_piece = bare(pdfium.FPDFText_GetTextObject, ctypes.c_size_t)
_size = bare(pdfium.FPDFText_GetFontSize, ctypes.c_double)
_box = bare(pdfium.FPDFText_GetLooseCharBox, ctypes.c_int)
_matrix = bare(pdfium.FPDFText_GetMatrix, ctypes.c_int)

_FLOAT = ctypes.sizeof(ctypes.c_float)


class Room:
    """Where PDFium writes `numbers` numbers of four bytes for each of up to `AT_ONCE` questions."""

    def __init__(self, numbers: int) -> None:
        self._width = _FLOAT * numbers
        space = ctypes.create_string_buffer(AT_ONCE * self._width)
        self._bytes = memoryview(space)
        self.places = [
            [ctypes.byref(space, row * self._width + _FLOAT * number) for row in range(AT_ONCE)]
            for number in range(numbers)
        ]

    def written(self, count: int) -> bytes:
        """The answers to the first questions."""
        return self._bytes[: count * self._width].tobytes()


_for_boxes, _for_matrices = Room(4), Room(6)


class OpenPage:
    """A page and its text, closed on leaving. Raises `PdfiumError`."""

    def __init__(self, document: pypdfium2.PdfDocument, index: int) -> None:
        self._page = pdfium.FPDF_LoadPage(document.raw, index)
        if not self._page:
            raise pypdfium2.PdfiumError("Failed to load page.")
        self._text_page = pdfium.FPDFText_LoadPage(self._page)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._text_page:
            _close_text(self._text_page)
        _close(self._page)

    @property
    def bounds(self) -> Rectangle:
        """The part of it that is shown."""
        box = pdfium.FS_RECTF()
        if not _bounds(self._page, ctypes.byref(box)):
            raise pypdfium2.PdfiumError("Failed to get page bounding box.")
        return box.left, box.bottom, box.right, box.top

    @property
    def rotation(self) -> int:
        """Degrees, clockwise, by which it is turned to be shown."""
        quarters: int = _rotation(self._page)
        return 90 * quarters

    def characters(self) -> "Characters":
        """Its text."""
        if not self._text_page:
            raise pypdfium2.PdfiumError("Failed to load text page.")
        return Characters(self._text_page)


class Characters:
    """The characters of a page's text, by their place in it."""

    def __init__(self, text_page: Any) -> None:
        self._page = text_page
        count: int = _count(text_page)
        space = ctypes.create_string_buffer(2 * count + 2)
        written = _text(text_page, 0, count, space)
        raw = space.raw[: 2 * max(0, written - 1)]
        self.text, _ = utf_16_le_decode(raw, "surrogatepass", True)
        self.codes = np.frombuffer(raw, np.uint16)
        self._is_whole = len(self.text) == count

    def pieces(self, places: Sequence[int]) -> list[int]:
        """The piece of text to which each belongs; 0 for a blank that PDFium made up."""
        return list(map(_piece, repeat(self._page), self._indexes(places)))

    def sizes(self, places: Sequence[int]) -> list[float]:
        """The size of each one's font, which its matrix may still change."""
        return list(map(_size, repeat(self._page), self._indexes(places)))

    def boxes(self, places: Sequence[int]) -> bytes:
        """Left, top, right, bottom of each, as PDFium writes them."""
        return self._written(_box, places, _for_boxes)

    def matrices(self, places: Sequence[int]) -> bytes:
        """The six numbers of each one's matrix, as PDFium writes them."""
        return self._written(_matrix, places, _for_matrices)

    def _written(self, function: Callable[..., int], places: Sequence[int], room: Room) -> bytes:
        indexes, parts = self._indexes(places), []
        for start in range(0, len(indexes), AT_ONCE):
            some = indexes[start : start + AT_ONCE]
            deque(map(function, repeat(self._page), some, room.places[0]), maxlen=0)
            parts.append(room.written(len(some)))
        return b"".join(parts)

    def _indexes(self, places: Sequence[int]) -> Sequence[int]:
        return places if self._is_whole else list(map(_index, repeat(self._page), places))
