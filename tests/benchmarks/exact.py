"""What was written into an index, and which of it is nearest to a question where every vector is compared."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval import Vector

BATCH = 6400


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, in its order: vectors, collections, whether texts are in force; and where a chunk is."""

    vectors: Vector
    collections: NDArray[np.int32]
    in_force: NDArray[np.bool_]
    places: dict[tuple[str, int], int]
    """Of the first copy's chunks, by document and ordinal; further copies follow it, alike."""

    def number(self, document_id: str, ordinal: int) -> int:
        """Where a chunk stands that the index gave."""
        copy, _, document = document_id.partition("/")
        return int(copy) * len(self.places) + self.places[document, ordinal]

    def allowed(self, collections: Sequence[int]) -> NDArray[np.int64]:
        """Where the chunks stand of these collections whose texts are in force."""
        return np.flatnonzero(np.isin(self.collections, collections) & self.in_force)

    def compared(self, allowed: NDArray[np.int64], depth: int) -> Callable[[Vector], NDArray[np.int64]]:
        """What compares one question with all of the allowed: a baseline as quick as the machine is at the time."""
        vectors = self.vectors[allowed]

        def nearest(asked: Vector) -> NDArray[np.int64]:
            scores = vectors @ asked
            return np.argpartition(-scores, min(depth, len(scores)) - 1)[:depth]

        return nearest

    def nearest(self, asked: Vector, allowed: NDArray[np.int64], depth: int) -> NDArray[np.int64]:
        """For each question where the nearest of the allowed stand, shape (questions, depth or fewer)."""
        scores, places = np.empty((len(asked), 0), np.float32), np.empty((len(asked), 0), np.int64)
        for start in range(0, len(allowed), BATCH):
            some = allowed[start : start + BATCH]
            scores = np.hstack([scores, asked @ self.vectors[some].T])
            places = np.hstack([places, np.broadcast_to(some, (len(asked), len(some)))])
            best = np.argsort(-scores, axis=1)[:, :depth]
            scores, places = np.take_along_axis(scores, best, 1), np.take_along_axis(places, best, 1)
        return places
