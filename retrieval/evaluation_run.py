"""What an evaluation found, question by question: enough to measure it anew, and to compare it with another."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol


class JudgedQuestion(Protocol):
    """A question and the ids of the documents that answer it."""

    @property
    def id(self) -> str: ...

    @property
    def question(self) -> str: ...

    @property
    def relevant(self) -> Collection[str]: ...


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A document of a ranking; `score` is that of its best chunk, higher is better."""

    document_id: str
    score: float


@dataclass(frozen=True, slots=True)
class DescribedDocument:
    """A document as whoever asked may see it; the title is empty where there is none to show."""

    title: str
    collections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvaluatedQuestion:
    """A question, the documents that answer it (at least one), and those found for it, best first, each once.

    `has_reference` (to a legal text) and `has_unknown_word` are None where nobody looked.
    """

    id: str
    question: str
    relevant: frozenset[str]
    found: tuple[Retrieved, ...]
    latency_ms: float
    has_reference: bool | None = None
    has_unknown_word: bool | None = None

    @property
    def ranking(self) -> tuple[str, ...]:
        """The ids of what was found."""
        return tuple(one.document_id for one in self.found)

    @property
    def first_rank(self) -> int | None:
        """The rank, from 1, of the first relevant document; None where none was found."""
        return next((rank for rank, id_ in enumerate(self.ranking, start=1) if id_ in self.relevant), None)


@dataclass(frozen=True, slots=True)
class EvaluationRun:
    """One evaluation: `k` documents were read for each of the questions (at least one).

    `documents` has all that were found, and of the relevant ones those that stand in the collections searched.
    `skipped` questions had no relevant document.
    """

    at: dt.datetime
    k: int
    searched: tuple[str, ...]
    embedding: str
    skipped: int
    questions: tuple[EvaluatedQuestion, ...]
    documents: Mapping[str, DescribedDocument]

    @property
    def missing(self) -> frozenset[str]:
        """The relevant documents that none of the collections searched holds."""
        return frozenset(id_ for one in self.questions for id_ in one.relevant if id_ not in self.documents)
