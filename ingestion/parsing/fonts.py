"""Which pieces of text of a page are printed bold."""

import ctypes
import re
from collections.abc import Sequence
from functools import lru_cache

import pypdfium2.raw as pdfium

from ingestion.parsing.calls import bare

BOLD = 600
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi|gras", re.IGNORECASE)


_font = bare(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p, ctypes.c_void_p)
_weight = bare(pdfium.FPDFFont_GetWeight, ctypes.c_int, ctypes.c_void_p)
_name = bare(pdfium.FPDFFont_GetBaseFontName, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)

_space = ctypes.create_string_buffer(128)  # PDFium writes here: one page is read at a time


class Fonts:
    """The fonts of one page; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int | None, bool] = {None: False}  # that of a blank that PDFium made up

    def bold(self, pieces: Sequence[int]) -> list[bool]:
        """By the font's weight, or by its name where the file does not tell the weight."""
        fonts: list[int | None] = list(map(_font, pieces))
        known = self._known
        for font in {*fonts} - known.keys():
            known[font] = _is_bold(font)
        return list(map(known.__getitem__, fonts)) if any(known.values()) else [False] * len(fonts)


def _is_bold(font: int | None) -> bool:
    if _weight(font) >= BOLD:
        return True
    _space[0] = b"\0"
    _name(font, _space, len(_space))
    return _says_bold(_space.value)


@lru_cache(1000)
def _says_bold(name: bytes) -> bool:
    return _BOLD_NAME.search(name) is not None
