"""What a task is done with, and what is told while it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from assistant.answer import AskEvent
from assistant.tasks.difference import Difference
from retrieval.corpus import Passage

# The collection of texts that somebody brings and that no collection holds: there is nothing to open.
GIVEN = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Material:
    """A titled text in its pieces, in their order.

    Passages of documents keep collection, identifier, version and locator, so that a citation opens its page; those
    of a text that no collection holds have `GIVEN` as their collection.
    """

    title: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class TaskRequest:
    """A task by its template's name, with what was filled in: `values` and `materials` by the names of fields.

    `collections` names those in which passages are looked for besides, where the template says so; none means all
    that are open to the person. `version` is the version whose fields were shown, where they were shown.
    `conversation_id` is that of the conversation in which it is asked for, for the record.
    """

    task: str
    values: Mapping[str, str] = field(default_factory=dict)
    materials: Mapping[str, Sequence[Material]] = field(default_factory=dict)
    collections: Sequence[str] = ()
    version: int | None = None
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PieceDone:
    """So many pieces of the texts are worked through; said first with 0."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class DifferencesFound:
    """What a comparison found, the weightiest first; told before the text that says so."""

    differences: tuple[Difference, ...]


TaskEvent = AskEvent | PieceDone | DifferencesFound
