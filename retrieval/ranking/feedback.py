"""A question made richer by what was found for it: pseudo-relevance feedback.

The first passages, whatever their collection, turn everyday words into those of the texts. Vectors are drawn towards
them (Rocchio, 1971), and their words join the question's (relevance model 3: Abdul-Jaleel et al., 2004).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

import numpy as np

from retrieval.index import Listed, Point, Respect, SparseVector, Vector
from retrieval.ranking.table import Lists, Table

PASSAGES = 5
WORDS_SHARE = 0.6  # of a passage's standing by words, beside that by meaning
OWN_SHARE = 0.3  # of the question's own vector
NOTHING = 1e-6  # the length of a vector without a direction
MORE_WORDS, THEIR_WEIGHT = 30, 0.4  # the strongest of them beside a word of the question


def feedback(meaning: Sequence[Listed], words: Sequence[Listed]) -> dict[UUID, float]:
    """The chunks that a question is made richer by, with their shares, which add up to 1."""
    table = Table(Lists({Respect.MEANING: meaning, Respect.WORDS: words}, {}))
    chunks, together = table.chunks, table.chunks_by(Respect.MEANING) + WORDS_SHARE * table.chunks_by(Respect.WORDS)
    best = sorted(range(len(chunks)), key=lambda place: (-together[place], chunks[place]))[:PASSAGES]
    weights = np.exp(together[best] - together.max(initial=0.0))
    return dict(zip((chunks[place] for place in best), (weights / weights.sum()).tolist(), strict=True))


def drawn(question: Vector, points: Sequence[Point], shares: Mapping[UUID, float]) -> Vector:
    """The question's vector, drawn towards the points'; of length 1. As it is, where they would leave nothing of it."""
    towards = sum((shares[point.id] * point.dense for point in points), np.zeros_like(question))
    vector: Vector = OWN_SHARE * question + (1 - OWN_SHARE) * towards
    length = np.linalg.norm(vector)
    return vector / length if length > NOTHING else question


def widened(question: SparseVector, points: Sequence[Point], shares: Mapping[UUID, float]) -> SparseVector:
    """The question's words, each of weight 1, and the points' strongest others."""
    others: defaultdict[int, float] = defaultdict(float)
    for point in points:
        for word, weight in zip(point.sparse.indices, point.sparse.values, strict=True):
            others[word] += shares[point.id] * weight
    for word in question.indices:
        others.pop(word, None)
    more = sorted(others, key=lambda word: (-others[word], word))[:MORE_WORDS]
    weights = [THEIR_WEIGHT * others[word] / others[more[0]] for word in more]
    return SparseVector((*question.indices, *more), (*question.values, *weights))
