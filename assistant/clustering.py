"""Questions that ask the same thing: by the cosine of their vectors, always the same from the same questions.

One after the other, each question joins the group whose first question is nearest to it, where that is near enough;
else it begins a group of its own. It costs O(questions x groups).
"""

from collections.abc import Sequence

import numpy as np

from retrieval.index import Vector

SIMILARITY = 0.89
"""Cosines of the product's own model: of one matter 0.88 to 0.96, of two 0.79 to 0.89."""


def clusters(vectors: Vector, similarity: float = SIMILARITY) -> list[list[int]]:
    """The places of the vectors (one a row, of length 1) in their groups, in the order of the groups' first."""
    first: list[int] = []
    groups: list[list[int]] = []
    for place, vector in enumerate(vectors):
        near = vectors[first] @ vector if first else np.empty(0)
        nearest = int(near.argmax()) if len(near) else -1
        if nearest >= 0 and near[nearest] >= similarity:
            groups[nearest].append(place)
        else:
            first.append(place)
            groups.append([place])
    return groups


def rows(vectors: Sequence[Vector]) -> Vector:
    """Vectors one below the other."""
    return np.array(vectors, dtype=np.float32)
