"""Lines on pages, as columns of numbers: the same rule holds for all lines of a document in a few calls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HYPHEN = "\ufffe"  # ends a line whose last word goes on in the next

Numbers = NDArray[np.float64]
Marks = NDArray[np.bool_]
Indexes = NDArray[np.int64]

LEFT, BOTTOM, RIGHT, TOP = range(4)
Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as its reader holds it, in points; `number` counts from 1."""

    number: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in the order of the file; one that wide gaps part, like a table's row, is several here.

    `boxes` are left, bottom, right, top in points from the sheet's bottom left corner, `sizes` points,
    `sheets` indexes of the sheets. `beside` marks what stands on one line with the entry before it.
    """

    texts: list[str]
    sheets: Indexes
    boxes: Numbers
    sizes: Numbers
    bold: Marks
    beside: Marks

    def __len__(self) -> int:
        return len(self.texts)

    def taken(self, chosen: Indexes) -> "Lines":
        """These lines, in this order."""
        texts = self.texts
        return Lines(
            [texts[index] for index in chosen.tolist()],
            self.sheets[chosen],
            self.boxes[chosen],
            self.sizes[chosen],
            self.bold[chosen],
            self.beside[chosen],
        )

    @staticmethod
    def joined(parts: Sequence["Lines"]) -> "Lines":
        """All lines of all parts."""
        if not parts:
            nothing = np.zeros(0)
            return Lines([], nothing.astype(int), np.zeros((0, 4)), nothing, nothing > 0, nothing > 0)
        return Lines(
            [text for part in parts for text in part.texts],
            np.concatenate([part.sheets for part in parts]),
            np.concatenate([part.boxes for part in parts]),
            np.concatenate([part.sizes for part in parts]),
            np.concatenate([part.bold for part in parts]),
            np.concatenate([part.beside for part in parts]),
        )
