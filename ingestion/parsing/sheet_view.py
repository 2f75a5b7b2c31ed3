"""A page of a PDF file as a picture, and where a passage stands on it."""

import math
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from ingestion.parsing.calls import OpenPage
from ingestion.parsing.held import as_held, table
from ingestion.parsing.letters import places
from ingestion.parsing.lines import BOTTOM, LEFT, RIGHT, TOP, Lines, Numbers
from ingestion.sheet import LONGEST_PASSAGE, SheetView, SheetWanted
from retrieval.corpus import Box

MOST_PIXELS = 12_000_000  # of a page as it is drawn; one that is endlessly long is drawn smaller
WIDE_GAP = 3.0  # times the height of a letter: beyond, it is another column or cell

Pixels = NDArray[np.uint8]


def viewed(
    document: pypdfium2.PdfDocument, wanted: SheetWanted, recognised: Callable[[], Lines] | None = None
) -> SheetView:
    """That page, which must be there; `recognised` reads it where it is a picture. Raises `PdfiumError`."""
    passage = wanted.passage[:LONGEST_PASSAGE]
    with OpenPage(document, wanted.number - 1) as page:
        sheet, rotation = page.bounds, page.rotation
        characters = page.characters()
        marked = places(characters.text, passage)
        letters = as_held(
            table(characters.boxes(marked), 4), np.tile(sheet, (len(marked), 1)), np.full(len(marked), rotation)
        )
    across, up = sheet[2] - sheet[0], sheet[3] - sheet[1]
    if rotation in {90, 270}:
        across, up = up, across
    lines = _lines(letters)
    if passage and not lines and recognised:
        lines = _holding(recognised(), passage)
    shares = [[line[LEFT] / across, 1 - line[TOP] / up, line[RIGHT] / across, 1 - line[BOTTOM] / up] for line in lines]
    boxes = tuple(Box(wanted.number, *np.round(share, 4).clip(0, 1).tolist()) for share in shares)
    scale = min(wanted.width / across, math.sqrt(MOST_PIXELS / (across * up)))
    if not wanted.is_drawn:
        return SheetView(len(document), max(1, math.ceil(across * scale)), max(1, math.ceil(up * scale)), boxes)
    drawn = document[wanted.number - 1]
    try:
        bitmap = drawn.render(scale=scale, rev_byteorder=True, may_draw_forms=False)
        rows = np.frombuffer(bitmap.buffer, np.uint8).reshape(bitmap.height, bitmap.stride)
        pixels = rows[:, : bitmap.width * bitmap.n_channels].reshape(bitmap.height, bitmap.width, bitmap.n_channels)
        return SheetView(len(document), bitmap.width, bitmap.height, boxes, png(pixels[:, :, :3]))
    finally:
        drawn.close()


def _holding(lines: Lines, passage: str) -> list[Numbers]:
    """The rectangles of the lines in which something of the passage stands."""
    ends = np.cumsum([len(text) + 1 for text in lines.texts])
    marked = np.unique(np.searchsorted(ends, places("\n".join(lines.texts), passage), side="right"))
    return list(lines.boxes[marked])


def _lines(letters: Numbers) -> list[Numbers]:
    """Letters in their order, as the rectangles around those that stand together on a line."""
    lines: list[Numbers] = []
    for letter in letters:
        if letter[RIGHT] <= letter[LEFT] or letter[TOP] <= letter[BOTTOM]:
            continue
        if lines and _goes_on(lines[-1], letter):
            line = lines[-1]
            line[:RIGHT] = np.minimum(line[:RIGHT], letter[:RIGHT])
            line[RIGHT:] = np.maximum(line[RIGHT:], letter[RIGHT:])
        else:
            lines.append(letter.copy())
    return lines


def _goes_on(line: Numbers, letter: Numbers) -> bool:
    height = letter[TOP] - letter[BOTTOM]
    middle = (letter[TOP] + letter[BOTTOM]) / 2
    gap = letter[LEFT] - line[RIGHT]
    return bool(line[BOTTOM] < middle < line[TOP] and -height < gap < WIDE_GAP * height)


def png(pixels: Pixels) -> bytes:
    """The picture, of shape (height, width, 3), as PNG (W3C, third edition); in grey where it has no colour."""
    height, width, _ = pixels.shape
    is_grey = bool((pixels == pixels[:, :, :1]).all())
    rows = pixels[:, :, 0] if is_grey else pixels.reshape(height, width * 3)
    filtered = np.full((height, 1 + rows.shape[1]), 2, np.uint8)  # each row less the one above it
    filtered[:, 1:] = np.diff(rows, axis=0, prepend=np.zeros((1, rows.shape[1]), np.uint8))
    header = struct.pack(">2I5B", width, height, 8, 0 if is_grey else 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes(), 6)), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
