"""Answering and doing tasks, told to whoever watches."""

import datetime as dt
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

from assistant import Ask, Tasks
from assistant.answer import AskEvent, Turn
from assistant.tasks.request import TaskEvent, TaskRequest
from policies import Principal
from ui.observability.answers import watched
from ui.observability.watching import Watching


class WatchedAsk:
    """Answers questions, as `Ask` does."""

    def __init__(self, ask: Ask, watching: Watching) -> None:
        self._ask = ask
        self._watching = watching

    def ask(
        self,
        principal: Principal,
        question: str,
        names: Sequence[str] = (),
        history: Sequence[Turn] = (),
        on: dt.date | None = None,
        conversation_id: UUID | None = None,
    ) -> AsyncGenerator[AskEvent, None]:
        """As `Ask.ask`."""
        events = self._ask.ask(principal, question, names, history, on, conversation_id)
        return watched(self._watching, "question", events)


class WatchedTasks(Tasks):
    """Does tasks, as `Tasks` does."""

    def __init__(self, watching: Watching, *parts: Any, **given: Any) -> None:
        super().__init__(*parts, **given)
        self._watching = watching

    def run(self, principal: Principal, request: TaskRequest) -> AsyncGenerator[TaskEvent, None]:
        """As `Tasks.run`."""
        return watched(self._watching, "task", super().run(principal, request))
