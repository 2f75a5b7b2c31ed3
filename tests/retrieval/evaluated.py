"""Evaluations put together by hand."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from retrieval import EvaluationRun
from retrieval.evaluation_run import DescribedDocument, EvaluatedQuestion, Retrieved


def question(
    id_: str,
    relevant: Iterable[str],
    found: Sequence[str],
    *,
    words: str = "Combien de jours de congé ?",
    latency_ms: float = 10.0,
    has_reference: bool = False,
    has_unknown_word: bool | None = None,
) -> EvaluatedQuestion:
    """A question whose ranking is known."""
    return EvaluatedQuestion(
        id=id_,
        question=words,
        relevant=frozenset(relevant),
        found=tuple(Retrieved(one, 1 / rank) for rank, one in enumerate(found, start=1)),
        latency_ms=latency_ms,
        has_reference=has_reference,
        has_unknown_word=has_unknown_word,
    )


def run(
    questions: Iterable[EvaluatedQuestion],
    documents: Mapping[str, tuple[str, ...]] | None = None,
    *,
    k: int = 100,
    skipped: int = 0,
) -> EvaluationRun:
    """An evaluation; `documents` are the collections by id, and each document's title is its id in capitals."""
    return EvaluationRun(
        at=dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC),
        k=k,
        searched=("Codes", "Fiches"),
        embedding="e5",
        skipped=skipped,
        questions=tuple(questions),
        documents={id_: DescribedDocument(id_.upper(), names) for id_, names in (documents or {}).items()},
    )
