"""Texts cut into what the network reads at once, batches of them, and their vectors averaged.

A text beyond what the network reads is cut into windows that do not overlap; its vector is the mean of theirs, each
weighing as many pieces as it has: the mean over all pieces of the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.e5.tokenizer import Tokenizer
from retrieval.index import Vector

# In one call of one stream, what fills up included: a window of the longest. Larger batches leave the core's cache,
# and take more time and memory for the same texts.
BATCH_PIECES = 512


@dataclass(frozen=True, slots=True)
class Window:
    """Of the text with that number; `pieces` has the marks of beginning and end, which `weight` does not count."""

    text: int
    pieces: Sequence[int]
    weight: int


def windows_of(texts: Sequence[str], tokenizer: Tokenizer, size: int) -> list[Window]:
    """Of at most `size` pieces with their marks. Raises `UnicodeEncodeError` for half a character."""
    inside = size - 2
    windows = []
    for number, text in enumerate(texts):
        pieces = tokenizer.pieces(text)
        for start in range(0, len(pieces), inside):
            part = pieces[start : start + inside]
            windows.append(Window(number, [tokenizer.begin, *part, tokenizer.end], len(part)))
    return windows


def batches_of(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Of like lengths, the longest first: little is filled up, and no core waits long for the last."""
    waiting = sorted(windows, key=lambda window: len(window.pieces), reverse=True)
    while waiting:
        size = max(1, BATCH_PIECES // len(waiting[0].pieces))
        yield waiting[:size]
        waiting = waiting[size:]


def averaged(windows: Sequence[Window], means: Vector, texts: int) -> Vector:
    """One vector a text, L2-normalised, shape (texts, dimension), of the windows' means."""
    sums = np.zeros((texts, means.shape[1]), np.float32)
    weights = np.array([window.weight for window in windows], np.float32)
    np.add.at(sums, [window.text for window in windows], means * weights[:, None])
    vectors: Vector = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return vectors
