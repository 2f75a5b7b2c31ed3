"""Tasks done for people, each step recorded before it is shown."""

from collections.abc import AsyncGenerator, Sequence

from assistant.tasks.request import TaskEvent, TaskRequest
from assistant.tasks.template import Template
from policies.principal import Principal


class Tasks:
    """Does tasks; as many at once as the engines' queues hold."""

    async def offered(self) -> Sequence[Template]:
        """The templates in force, by title."""
        raise NotImplementedError

    async def template(self, name: str) -> Template:
        """The template in force of that name. Raises `TaskNotFound`."""
        raise NotImplementedError

    def run(self, principal: Principal, request: TaskRequest) -> AsyncGenerator[TaskEvent, None]:
        """What happens while the task is done; `Answered` is last, and its answer's text is what holds.

        `PieceDone` and `Waiting` come first, in turns; `SourcesFound` stands before the first text, and again where
        more passages are cited. Close it to stop the task.

        Raises `TaskNotFound`, `TaskChanged`, `FieldsInvalid`, `MaterialUnusable`, `CollectionNotFound`,
        `LedgerUnavailable`, `TooManyQuestions`, `QueueFull`, `ModelMissing`, `ModelUnusable`, `ModelUnavailable`.
        """
        raise NotImplementedError
