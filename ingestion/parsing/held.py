"""What PDFium writes of boxes, as places on sheets as their readers hold them."""

import numpy as np

from ingestion.parsing.lines import Indexes, Numbers


def table(raw: bytes | bytearray, columns: int) -> Numbers:
    """PDFium's numbers, so many in a row."""
    return np.frombuffer(raw, np.float32).astype(np.float64).reshape(-1, columns)


def as_held(boxes: Numbers, sheets: Numbers, rotations: Indexes) -> Numbers:
    """Boxes (left, top, right, bottom) as left, bottom, right, top of sheets that a reader has turned clockwise."""
    upright: Numbers = boxes[:, [0, 3, 2, 1]] - sheets[:, [0, 1, 0, 1]]
    if not rotations.any():
        return upright
    left, top, right, bottom = boxes.T
    west, south, east, north = sheets.T
    turned = {
        90: [bottom - south, east - right, top - south, east - left],
        180: [east - right, north - top, east - left, north - bottom],
        270: [north - top, left - west, north - bottom, right - west],
    }
    for angle, sides in turned.items():
        upright = np.where((rotations == angle)[:, None], np.stack(sides, axis=1), upright)
    return upright
