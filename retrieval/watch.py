"""The steps that work goes through, told while they are taken to whoever watches: which, and how long. Never a text."""

from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """What is being done."""

    PERMIT = "permit"  # which collections a person may read
    UNDERSTAND = "understand"  # a question
    EMBED = "embed"  # a question, or the chunks of documents
    SEARCH = "search"
    RANK = "rank"
    RERANK = "rerank"
    DECIDE = "decide"  # whether what was found is worth an answer
    READ = "read"  # a document's original
    INSPECT = "inspect"  # guardrails
    CHUNK = "chunk"
    WRITE = "write"  # points, and that documents can be found


class Watch(Protocol):
    """Is told of each step while it is taken; many may be under way at once."""

    def step(self, step: Step) -> AbstractContextManager[None]:
        """The step is what happens in the block."""


class _Nobody:
    def step(self, step: Step) -> AbstractContextManager[None]:
        return nullcontext()


UNWATCHED: Watch = _Nobody()
