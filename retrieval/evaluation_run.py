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
    """A document of a ranking; `score` is that of its best chunk, higher is better.

    `variants` are copies and other versions of it, which a reader sees under it.
    """

    document_id: str
    score: float
    variants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DescribedDocument:
    """A document as whoever asked may see it; the title is empty where there is none to show."""

    title: str
    collections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvaluatedQuestion:
    """A question, the documents that answer it (at least one), and those found for it, best first, each once.

    `has_reference` says whether it names a legal text; `has_unknown_word` is None where nobody looked.
    """

    id: str
    question: str
    relevant: frozenset[str]
    found: tuple[Retrieved, ...]
    latency_ms: float
    has_reference: bool = False
    has_unknown_word: bool | None = None

    @property
    def ranking(self) -> tuple[str, ...]:
        """The ids of what was found, each once; variants that are relevant stand where they are seen."""
        return tuple(dict.fromkeys(id_ for one in self.found for id_ in self._standing_for(one)))

    @property
    def first_rank(self) -> int | None:
        """The rank, from 1, of the first relevant document; None where none was found."""
        return next((rank for rank, id_ in enumerate(self.ranking, start=1) if id_ in self.relevant), None)

    def _standing_for(self, one: Retrieved) -> list[str]:
        seen = (one.document_id, *one.variants)
        return [id_ for id_ in seen if id_ in self.relevant] or [one.document_id]


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
    partial: tuple[str, ...] = ()
    """French sentences that say what some of the searches had to do without."""

    @property
    def missing(self) -> frozenset[str]:
        """The relevant documents that none of the collections searched holds."""
        return frozenset(id_ for one in self.questions for id_ in one.relevant if id_ not in self.documents)
