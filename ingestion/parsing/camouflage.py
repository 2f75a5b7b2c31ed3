"""What is drawn on a page of a PDF so that no reader sees it: without ink, or in white with nothing else behind.

Words without ink that lie over a picture are what a scanner's program read in it; they count as seen, for nobody
can tell them from others without reading the picture too. What is too small is told by the lines themselves.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingestion.parsing.lines import Numbers

WHITE = 250  # of 255, of each colour at least
PICTURE_SHARE = 0.3  # of the page, that a picture covers which was read
BAND = 6.0  # points: a line as thick lies behind words
SMALL = 1.0  # points: what is no larger is a line, not a word

Rectangle = tuple[float, float, float, float]  # left, bottom, right, top

_NO_INK = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})
_STROKED = frozenset({pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE})
_BEHIND = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)


def _bare(function: Any) -> Any:
    """The function without checks of its arguments: faster. The interpreter's lock stays held."""
    return ctypes.PYFUNCTYPE(ctypes.c_int)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_mode = _bare(pdfium.FPDFTextObj_GetTextRenderMode)
_fill = _bare(pdfium.FPDFPageObj_GetFillColor)
_stroke = _bare(pdfium.FPDFPageObj_GetStrokeColor)

_AT_ONCE = 256
_space = ctypes.create_string_buffer(_AT_ONCE * 16)  # PDFium writes here: one page is read at a time
_room = memoryview(_space)
_places = [[ctypes.byref(_space, 16 * row + 4 * column) for row in range(_AT_ONCE)] for column in range(4)]


class Ink:
    """Which pieces of text of one page could be hidden; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int | None, str] = {None: ""}

    def of(self, pieces: Sequence[int | None]) -> list[str]:
        """For each: `none` for no ink, `white`, or nothing for what is plainly seen."""
        new = [piece for piece in dict.fromkeys(pieces) if piece not in self._known]
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            self._known.update(zip(some, _inks(some), strict=True))
        return list(map(self._known.__getitem__, pieces))


def _inks(pieces: Sequence[int | None]) -> list[str]:
    handles = list(map(ctypes.c_void_p, pieces))
    drawn = list(zip(map(_mode, handles), _colors(handles), strict=True))
    inks = {kind: _ink(*kind) for kind in set(drawn)}
    return [inks[kind] for kind in drawn]


def _ink(mode: int, color: bytes) -> str:
    red, green, blue, alpha = np.frombuffer(color, np.uint32).tolist() if color else (0, 0, 0, 255)
    if mode in _NO_INK:
        return "none"
    if mode in _STROKED:
        return ""
    if alpha == 0:
        return "none"
    return "white" if min(red, green, blue) >= WHITE else ""


def _colors(handles: Sequence[ctypes.c_void_p], color: Any = _fill) -> list[bytes]:
    """Red, green, blue, alpha with which each object is filled, as PDFium writes them; empty where it does not say."""
    filled = list(map(color, handles, *_places))
    raw = bytes(_room[: 16 * len(handles)])
    return [raw[16 * row : 16 * row + 16] if is_filled else b"" for row, is_filled in enumerate(filled)]


def hidden(page: pypdfium2.PdfPage, inks: Sequence[str], boxes: Numbers) -> list[bool]:
    """Of lines, each with its ink and its box (left, top, right, bottom), which no reader sees."""
    if not any(inks):
        return [False] * len(inks)
    behind, is_read = _behind(page)
    left, top, right, bottom = boxes.T
    across, up = (left + right) / 2, (top + bottom) / 2
    covered = np.zeros(len(inks), bool)
    for west, south, east, north in behind:
        covered |= (west <= across) & (across <= east) & (south <= up) & (up <= north)
    return [
        (ink == "none" and not is_read) or (ink == "white" and not is_covered)
        for ink, is_covered in zip(inks, covered.tolist(), strict=True)
    ]


def _behind(page: pypdfium2.PdfPage) -> tuple[list[Rectangle], bool]:
    """Where something else than white is behind the words, and whether that is a picture of the page itself."""
    left, bottom, right, top = page.get_bbox()
    page_size = (right - left) * (top - bottom)
    found, is_read = [], False
    for one in page.get_objects(filter=list(_BEHIND), max_depth=8):
        if one.type == pdfium.FPDF_PAGEOBJ_PATH and not _is_coloured(one):
            continue
        bounds: Rectangle = one.get_bounds()
        found.append(bounds)
        if one.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            is_read |= (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) > PICTURE_SHARE * page_size
    return found, is_read


def _is_coloured(path: pypdfium2.PdfObject) -> bool:
    """Whether it is filled with something else than white, or is a line as thick as a band."""
    mode, is_drawn, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    if not pdfium.FPDFPath_GetDrawMode(path.raw, mode, is_drawn):
        return False
    handle = ctypes.c_void_p(ctypes.cast(path.raw, ctypes.c_void_p).value)
    if mode.value != pdfium.FPDF_FILLMODE_NONE and _is_seen(_fill, handle):
        return True
    pdfium.FPDFPageObj_GetStrokeWidth(path.raw, width)
    return bool(is_drawn.value) and width.value >= BAND and _is_seen(_stroke, handle)


def _is_seen(color: Any, handle: ctypes.c_void_p) -> bool:
    return _ink(pdfium.FPDF_TEXTRENDERMODE_FILL, _colors([handle], color)[0]) == ""
