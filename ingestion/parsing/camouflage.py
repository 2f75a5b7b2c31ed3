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

from ingestion.parsing.calls import AT_ONCE, Room, bare
from ingestion.parsing.lines import Numbers, Rectangle

NEARLY_WHITE = 250  # of 255, of each colour at least
PICTURE_SHARE = 0.3  # of the page, that a picture covers which was read
BAND = 6.0  # points: a line as thick lies behind words
SMALL = 1.0  # points: what is no larger is a line, not a word

_NO_INK = frozenset({pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP})
_STROKED = frozenset({pdfium.FPDF_TEXTRENDERMODE_STROKE, pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE})
_BEHIND = (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING)


_mode = bare(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int, ctypes.c_void_p)
_fill = bare(pdfium.FPDFPageObj_GetFillColor, ctypes.c_int, ctypes.c_void_p)
_stroke = bare(pdfium.FPDFPageObj_GetStrokeColor, ctypes.c_int, ctypes.c_void_p)

_for_colors = Room(4)
_COLOR = 16  # bytes

SEEN, NO_INK, WHITE = range(3)


def inks(pieces: Sequence[int]) -> list[int]:
    """Which pieces of text could be hidden: `NO_INK`, `WHITE`, or `SEEN` for what is plainly seen."""
    if len(pieces) > AT_ONCE:
        return [*inks(pieces[:AT_ONCE]), *inks(pieces[AT_ONCE:])]
    modes = list(map(_mode, pieces))
    filled = list(map(_fill, pieces, *_for_colors.places))
    colors = _for_colors.written(len(pieces))
    if modes == modes[:1] * len(modes) and colors == colors[:_COLOR] * len(modes) and all(filled):
        return [_ink(mode, colors[:_COLOR]) for mode in modes[:1]] * len(modes)
    places = range(0, len(colors), _COLOR)
    drawn = [
        (mode, colors[place : place + _COLOR] if is_filled else b"")
        for mode, place, is_filled in zip(modes, places, filled, strict=True)
    ]
    of_kinds = {kind: _ink(*kind) for kind in {*drawn}}
    return [of_kinds[kind] for kind in drawn]


def _ink(mode: int, color: bytes) -> int:
    """By its red, green, blue and alpha; none where PDFium cannot tell them."""
    red, green, blue, alpha = np.frombuffer(color, np.uint32).tolist() if color else (0, 0, 0, 255)
    if mode in _NO_INK:
        return NO_INK
    if mode in _STROKED:
        return SEEN
    if alpha == 0:
        return NO_INK
    return WHITE if min(red, green, blue) >= NEARLY_WHITE else SEEN


def hidden(page: pypdfium2.PdfPage, inks: Sequence[int], boxes: Numbers) -> list[bool]:
    """Of lines, each with its ink and its box (left, top, right, bottom), which no reader sees."""
    behind, is_read = _behind(page)
    left, top, right, bottom = boxes.T
    across, up = (left + right) / 2, (top + bottom) / 2
    covered = np.zeros(len(inks), bool)
    for west, south, east, north in behind:
        covered |= (west <= across) & (across <= east) & (south <= up) & (up <= north)
    return [
        (ink == NO_INK and not is_read) or (ink == WHITE and not is_covered)
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
    if mode.value != pdfium.FPDF_FILLMODE_NONE and _is_seen(_fill, path):
        return True
    pdfium.FPDFPageObj_GetStrokeWidth(path.raw, width)
    return bool(is_drawn.value) and width.value >= BAND and _is_seen(_stroke, path)


def _is_seen(color: Any, path: pypdfium2.PdfObject) -> bool:
    handle = ctypes.cast(path.raw, ctypes.c_void_p).value
    is_told = color(handle, *(of_column[0] for of_column in _for_colors.places))
    return _ink(pdfium.FPDF_TEXTRENDERMODE_FILL, _for_colors.written(1) if is_told else b"") == SEEN
