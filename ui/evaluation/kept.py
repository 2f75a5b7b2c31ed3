"""The words of evaluations that are kept: of what, how far, under which conditions. Types only."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from retrieval import QuestionSet


class Measured(StrEnum):
    """What is measured."""

    SEARCH = "search"
    ANSWERS = "answers"


class RunState(StrEnum):
    """How far it is."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The process that made it has ended."""

    @property
    def at_work(self) -> bool:
        """Whether it goes on."""
        return self in (RunState.QUEUED, RunState.RUNNING)


@dataclass(frozen=True, slots=True)
class KeptEvaluation:
    """An evaluation of a set; `done` of its `questions` are through, each read `depth` documents deep.

    `settings` are the conditions under which it was made (`ui.evaluation.conditions`), `figures` by key; `failure` is a
    French sentence.
    """

    id: UUID
    set: QuestionSet
    kind: Measured
    state: RunState
    depth: int
    asked_at: dt.datetime
    asked_by: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    questions: int
    done: int
    settings: Mapping[str, str]
    figures: Mapping[str, float]
    failure: str
