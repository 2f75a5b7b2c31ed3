"""How good answers are, on questions whose documents are known: figures of a run, and what fell since another.

A question without a relevant document is one that must be refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from retrieval import metrics

PERCENTILES = (50, 95)

# Of these figures less is better; of all others that are compared, more.
LESS_IS_BETTER = frozenset({"false_refusal"})
COMPARED = ("refusal", "false_refusal", "supported", "citation_precision", "citation_recall")


@dataclass(frozen=True, slots=True)
class EvaluatedAnswer:
    """A question and how it was answered. `cited` has the ids of the documents that citations lead to, each once.

    `supported` sentences are borne out by the passages, `unsupported` ones claim something that is not.
    `first_token_ms` is None where no model was called.
    """

    set: str
    id: str
    question: str
    relevant: frozenset[str]
    refused: bool
    extracted: bool
    text: str
    supported: int
    unsupported: int
    cited: tuple[str, ...]
    retrieval_ms: float
    first_token_ms: float | None
    total_ms: float

    @property
    def answerable(self) -> bool:
        return bool(self.relevant)

    @property
    def precision(self) -> float:
        """The share of the cited documents that are relevant; 0 where none is cited."""
        return len(self.relevant & {*self.cited}) / len(self.cited) if self.cited else 0.0

    @property
    def recall(self) -> float:
        """The share of the relevant documents, of which there is at least one, that are cited."""
        return len(self.relevant & {*self.cited}) / len(self.relevant)


def figures(answers: Sequence[EvaluatedAnswer]) -> dict[str, float]:
    """By key; one that these answers say nothing of is left out.

    `refusal` is the share of refused ones among questions that nothing answers, `false_refusal` among the others, of
    which `refused_unasked` is what the model was not even asked; `extracted` is the share of them for which passages
    are quoted in place of what the model wrote. `supported` is the share of borne out sentences in what the model
    answered; `citation_precision` and `citation_recall` are means over questions that were rightly answered.
    """
    answered = [one for one in answers if not one.refused]
    right = [one for one in answered if one.answerable]
    written = [one for one in answered if not one.extracted]
    sentences = sum(one.supported + one.unsupported for one in written)
    answerable = [one for one in answers if one.answerable]
    found = {
        "refusal": _mean([one for one in answers if not one.answerable], lambda one: float(one.refused)),
        "false_refusal": _mean(answerable, lambda one: float(one.refused)),
        "refused_unasked": _mean(answerable, lambda one: float(one.refused and one.first_token_ms is None)),
        "extracted": _mean(answerable, lambda one: float(one.extracted)),
        "supported": sum(one.supported for one in written) / sentences if sentences else None,
        "citation_precision": _mean(right, lambda one: one.precision),
        "citation_recall": _mean(right, lambda one: one.recall),
    }
    return {name: value for name, value in found.items() if value is not None} | _latencies(answers)


@dataclass(frozen=True, slots=True)
class Fall:
    """A figure that is worse than it was."""

    figure: str
    before: float
    after: float


def falls(before: Mapping[str, float], after: Mapping[str, float], margin: float) -> list[Fall]:
    """The figures that are worse by more than the margin; times, which are the machine's, are not compared."""
    common = [name for name in COMPARED if name in before and name in after]
    return [
        Fall(name, before[name], after[name])
        for name in common
        if (after[name] - before[name]) * (1 if name in LESS_IS_BETTER else -1) > margin
    ]


def _mean(answers: Sequence[EvaluatedAnswer], value: Callable[[EvaluatedAnswer], float]) -> float | None:
    return sum(map(value, answers)) / len(answers) if answers else None


def _latencies(answers: Sequence[EvaluatedAnswer]) -> dict[str, float]:
    """In milliseconds, by key (`first_token_ms_p95`); to the first token where a model was called."""
    times = {
        "retrieval_ms": [one.retrieval_ms for one in answers],
        "first_token_ms": [one.first_token_ms for one in answers if one.first_token_ms is not None],
        "total_ms": [one.total_ms for one in answers],
    }
    return {
        f"{name}_p{share}": metrics.percentile(values, share / 100)
        for name, values in times.items()
        if values
        for share in PERCENTILES
    }
