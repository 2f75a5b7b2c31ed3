"""The figures of an evaluation: each question's scores by measure, their means, and the latencies."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval import metrics
from retrieval.evaluation_run import EvaluatedQuestion

# The keys under which figures are reported, and what they are: a measure over the first k documents.
MEASURES: dict[str, tuple[metrics.Measure, int]] = {
    **{f"recall@{k}": (metrics.recall, k) for k in (1, 5, 10, 20, 100)},
    **{f"success@{k}": (metrics.success, k) for k in (1, 5, 10)},
    "mrr@10": (metrics.reciprocal_rank, 10),
    "ndcg@10": (metrics.ndcg, 10),
}

LATENCIES = (50, 95)


def scores(questions: Sequence[EvaluatedQuestion], depth: int) -> dict[str, NDArray[np.float64]]:
    """By measure, each question's score, in their order; a measure beyond the depth that was read is left out."""
    judged = [(one.ranking, one.relevant) for one in questions]
    return {
        name: np.array([measure(ranking, relevant, k) for ranking, relevant in judged])
        for name, (measure, k) in MEASURES.items()
        if k <= depth
    }


def figures(questions: Sequence[EvaluatedQuestion], depth: int) -> dict[str, float]:
    """By measure, the mean over the questions, of which there is at least one."""
    return {name: float(values.mean()) for name, values in scores(questions, depth).items()}


def latencies(questions: Sequence[EvaluatedQuestion]) -> dict[str, float]:
    """Percentiles of the time a question took, in milliseconds, by key (`latency_ms_p95`)."""
    values = [one.latency_ms for one in questions]
    return {f"latency_ms_p{share}": metrics.percentile(values, share / 100) for share in LATENCIES}
