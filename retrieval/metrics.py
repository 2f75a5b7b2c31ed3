"""How good a ranking is, where the relevant documents are known.

Each function takes a ranking (ids, best first, each once) and the set of relevant ids, which is not
empty, and gives a number between 0 and 1. Relevance is binary. Source: Manning, Raghavan & Schütze,
Introduction to Information Retrieval (2008), chapter 8.
"""

import math
from collections.abc import Callable, Sequence

Measure = Callable[[Sequence[str], frozenset[str], int], float]


def recall(ranking: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """The share of the relevant documents that stand among the first k."""
    return len(relevant.intersection(ranking[:k])) / len(relevant)


def success(ranking: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """1 where a relevant document stands among the first k, else 0."""
    return float(not relevant.isdisjoint(ranking[:k]))


def reciprocal_rank(ranking: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """1 / the rank of the first relevant document, 0 where none stands among the first k."""
    return next((1 / rank for rank, id_ in enumerate(ranking[:k], start=1) if id_ in relevant), 0.0)


def ndcg(ranking: Sequence[str], relevant: frozenset[str], k: int) -> float:
    """Discounted cumulative gain over that of an ideal ranking; a hit at rank r gains 1 / log2(r + 1)."""
    gain = sum(_discount(rank) for rank, id_ in enumerate(ranking[:k], start=1) if id_ in relevant)
    return gain / sum(_discount(rank) for rank in range(1, min(k, len(relevant)) + 1))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _discount(rank: int) -> float:
    return 1 / math.log2(rank + 1)
