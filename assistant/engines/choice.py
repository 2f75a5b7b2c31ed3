"""Several engines, and which of them answers.

Invariants:
1. They are tried in their order, that of the task first; one that failed of late is left alone for a while.
2. Another takes over only while nothing of the answer was said: no text is ever taken back.
3. Each has its own fair queue. A reader who leaves gives the place back at once.
4. Whatever an engine does, its answer ends within its time limits.
5. What a model thinks before it answers is never told.
6. Whoever has begun with the engines of then ends with them, whichever take their place meanwhile.
"""

import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from assistant.answer import Waiting
from assistant.engines.chain import fitting
from assistant.engines.circuit_breaker import ENGINE_FAILURES
from assistant.engines.desk import Desk, Prompt, Prompted, Standing
from assistant.engines.effort import Effort
from assistant.engines.engine import Engine
from retrieval.corpus import Passage

_log = logging.getLogger(__name__)


class Engines:
    """`engines` by name, in the order in which they are tried; `tasks` names the one that a task prefers.

    `reserved` are tried for the tasks that name them, and for nothing else.
    """

    def __init__(
        self,
        engines: Mapping[str, Engine],
        *,
        reserved: Mapping[str, Engine] | None = None,
        tasks: Mapping[str, str] | None = None,
    ) -> None:
        self._desks = {name: Desk(name, engine) for name, engine in engines.items()}
        self._reserved = {name: Desk(name, engine) for name, engine in (reserved or {}).items()}
        self._tasks = tasks or {}
        self._guidance = ""

    def __iter__(self) -> Iterator[Engine]:
        return iter([desk.engine for desk in (*self._desks.values(), *self._reserved.values())])

    @property
    def first(self) -> Engine:
        """The one that answers when nothing stands in its way."""
        return next(iter(self._desks.values())).engine.guided(self._guidance)

    def narrowest(self, task: str = "") -> Engine:
        """Of those that may do the task, the one with the least room: what it can read, all can."""
        able = [desk.engine.guided(self._guidance) for desk in self._order(task)]
        return min(able, key=lambda engine: engine.room(0))

    @property
    def standings(self) -> list[Standing]:
        """How each stands now, in their order, the reserved ones last."""
        return [
            replace(
                desk.standing,
                reserved=desk.name in self._reserved,
                tasks=tuple(sorted(task for task, name in self._tasks.items() if name == desk.name)),
            )
            for desk in (*self._desks.values(), *self._reserved.values())
        ]

    @contextmanager
    def held(self, guidance: str = "") -> Iterator["Engines"]:
        """The engines of now, which are told the `guidance` besides; meanwhile none of them is closed."""
        held = Engines({}, tasks=self._tasks)
        held._desks, held._reserved, held._guidance = {**self._desks}, {**self._reserved}, guidance
        with ExitStack() as stack:
            for desk in (*held._desks.values(), *held._reserved.values()):
                stack.enter_context(desk.held())
            yield held

    def supersede(self, engine: Engine) -> Callable[[], Coroutine[Any, Any, None]]:
        """Let the engine take the place of the first. What is given waits until nobody counts on the former."""
        former, *others = self._desks.values()
        self._desks = {engine.name: Desk(engine.name, engine)} | {desk.name: desk for desk in others}
        return former.left

    async def load(self) -> None:
        """Make the engines ready. Raises what keeps the first from it where none can answer; the log has the others."""
        failures = []
        for desk in self._desks.values():
            try:
                await desk.engine.load()
            except ENGINE_FAILURES as error:
                _log.warning("engine %r is not ready: %s", desk.name, error)
                failures.append(error)
        if len(failures) == len(self._desks):
            raise failures[0]

    async def generate(
        self,
        subject: str,
        question: str,
        passages: Sequence[Passage],
        task: str = "",
        effort: Effort | None = None,
    ) -> AsyncGenerator[Waiting | Prompted | str, None]:
        """The text of an answer in pieces, after each wait for a place and each engine that was given the question.

        What it takes is added to the `effort`, whatever becomes of it.

        Raises `QueueFull`, `QuestionTooWide`; where no engine answers, `ModelMissing`, `ModelUnusable`,
        `ModelUnavailable` of the last that was tried.
        """
        async with aclosing(self.write(subject, partial(_asking, question, passages), task, effort)) as events:
            async for event in events:
                yield event

    async def write(
        self, subject: str, prompt: Callable[[Engine], Prompt], task: str = "", effort: Effort | None = None
    ) -> AsyncGenerator[Waiting | Prompted | str, None]:
        """The same, of whatever prompt is made for the engine whose turn it is."""
        order = self._order(task)
        for last, desk in enumerate(order, start=1):
            said = False
            try:
                async with aclosing(desk.write(subject, prompt, self._guidance, effort)) as events:
                    async for event in events:
                        said = said or isinstance(event, str)
                        yield event
                return
            except ENGINE_FAILURES as error:
                if said or last == len(order):
                    raise
                _log.warning("engine %r did not answer, the next one is asked: %s", desk.name, error)

    def _order(self, task: str) -> list[Desk]:
        """Those that may answer, without those that failed of late unless there is no other."""
        known = self._desks | self._reserved
        preferred = [known[name] for name in [self._tasks.get(task)] if name in known]
        order = [*preferred, *(desk for desk in self._desks.values() if desk not in preferred)]
        return [desk for desk in order if not desk.breaker.refuses] or order[:1]


def _asking(question: str, passages: Sequence[Passage], engine: Engine) -> Prompt:
    profile = engine.profile
    given = fitting(engine, question, passages)
    messages = profile.prompt.format_messages(**profile.variables(question, given))
    return Prompt(messages, given, profile.max_tokens, profile.stop)
