"""Printed words on pictures: the port for what reads them, here Tesseract with its French.

On French pages at 200 dpi, with noise and a little skew, it found more of the words and accents than the
wheel RapidOCR, five times as fast and in a tenth of the memory (`tests/benchmarks/ocr.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ingestion.parsing.lines import Lines, Sheet

HOW_TO_INSTALL = (
    "Installez Tesseract avec le français (paquets « tesseract-ocr » et « tesseract-ocr-fra »), puis relancez."
)


@dataclass(frozen=True, slots=True)
class Picture:
    """Grey pixels, row by row from the top, a byte each."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """Words beside each other, and the pixels around them; `top` is less than `bottom`."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Recogniser(Protocol):
    """Reads pictures. Raises `RecognitionFailed`."""

    def recognise(self, picture: Picture) -> Sequence[list[PrintedLine]]:
        """Its lines, in reading order as far as the engine sees it, each parted where wide gaps are."""


class RecognitionFailed(Exception):
    """The engine broke off; the message is its own."""


ALIKE = (0.7, 1.4)  # times the usual height of a line: between, letters above or below it make the difference


def printed(found: Sequence[PrintedLine], beside: Sequence[bool], picture: Picture, sheet: Sheet, index: int) -> Lines:
    """The lines of a drawn sheet, where they stand on it; nothing is known of their boldness."""
    places = np.array([(one.left, one.bottom, one.right, one.top) for one in found], float).reshape(-1, 4)
    across, up = sheet.width / picture.width, sheet.height / picture.height
    boxes = np.column_stack(
        [
            places[:, 0] * across,
            sheet.height - places[:, 1] * up,
            places[:, 2] * across,
            sheet.height - places[:, 3] * up,
        ]
    )
    heights = boxes[:, 3] - boxes[:, 1]
    usual = np.median(heights) if len(heights) else 0.0
    is_usual = (heights > ALIKE[0] * usual) & (heights < ALIKE[1] * usual)
    return Lines(
        texts=[one.text for one in found],
        sheets=np.full(len(found), index),
        boxes=boxes,
        sizes=np.where(is_usual, usual, heights),
        bold=np.zeros(len(found), bool),
        beside=np.array(beside, bool),
    )
