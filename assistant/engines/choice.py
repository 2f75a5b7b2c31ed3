"""Several engines, and which of them answers.

Invariants:
1. They are tried in their order, that of the task first; one that failed of late is left alone for a while.
2. Another takes over only while nothing of the answer was said: no text is ever taken back.
3. Each has its own fair queue. A reader who leaves gives the place back at once.
4. Whatever an engine does, its answer ends within its time limits.
5. What a model thinks before it answers is never told.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from langchain_core.messages import BaseMessage

from assistant.answer import Waiting
from assistant.engines.chain import fitting, saying
from assistant.engines.circuit_breaker import ENGINE_FAILURES, CircuitBreaker
from assistant.engines.engine import Engine
from assistant.engines.fair_queue import FairQueue
from assistant.engines.reasoning import without_reasoning
from assistant.engines.time_limits import within
from assistant.errors import ModelUnavailable
from retrieval.corpus import Passage

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Prompted:
    """The engine of that name is given the question and these passages; the text that follows is its own."""

    name: str
    engine: Engine
    passages: Sequence[Passage]


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told, and the passages in it. What it says gets at most `max_tokens` long, and ends at `stop`."""

    messages: Sequence[BaseMessage]
    passages: Sequence[Passage]
    max_tokens: int
    stop: tuple[str, ...] = ()


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
        self._desks = {name: _Desk(name, engine) for name, engine in engines.items()}
        self._reserved = {name: _Desk(name, engine) for name, engine in (reserved or {}).items()}
        self._tasks = tasks or {}

    def __iter__(self) -> Iterator[Engine]:
        return iter([desk.engine for desk in (*self._desks.values(), *self._reserved.values())])

    @property
    def first(self) -> Engine:
        """The one that answers when nothing stands in its way."""
        return next(iter(self._desks.values())).engine

    def narrowest(self, task: str = "") -> Engine:
        """Of those that may do the task, the one with the least room: what it can read, all can."""
        return min((desk.engine for desk in self._order(task)), key=lambda engine: engine.room(0))

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
        self, subject: str, question: str, passages: Sequence[Passage], task: str = ""
    ) -> AsyncGenerator[Waiting | Prompted | str, None]:
        """The text of an answer in pieces, after each wait for a place and each engine that was given the question.

        Raises `QueueFull`, `QuestionTooWide`; where no engine answers, `ModelMissing`, `ModelUnusable`,
        `ModelUnavailable` of the last that was tried.
        """
        async with aclosing(self.write(subject, partial(_asking, question, passages), task)) as events:
            async for event in events:
                yield event

    async def write(
        self, subject: str, prompt: Callable[[Engine], Prompt], task: str = ""
    ) -> AsyncGenerator[Waiting | Prompted | str, None]:
        """The same, of whatever prompt is made for the engine whose turn it is."""
        order = self._order(task)
        for last, desk in enumerate(order, start=1):
            said = False
            try:
                async with aclosing(desk.write(subject, prompt)) as events:
                    async for event in events:
                        said = said or isinstance(event, str)
                        yield event
                return
            except ENGINE_FAILURES as error:
                if said or last == len(order):
                    raise
                _log.warning("engine %r did not answer, the next one is asked: %s", desk.name, error)

    def _order(self, task: str) -> list["_Desk"]:
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


class _Desk:
    """An engine, who waits for it, and whether it may be asked."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self.engine = engine
        self.breaker = CircuitBreaker()
        self._queue = FairQueue(engine.places)

    async def write(
        self, subject: str, prompt: Callable[[Engine], Prompt]
    ) -> AsyncGenerator[Waiting | Prompted | str, None]:
        engine = self.engine
        with self._queue.ticket(subject) as ticket:
            async for ahead in ticket.waiting():
                yield Waiting(ahead)
            with self.breaker.attempt():
                await self._load()
                told = prompt(engine)
                yield Prompted(self.name, engine, told.passages)
                longest = told.max_tokens + engine.profile.reasoning_tokens
                pieces = saying(engine, longest, told.stop).astream([*told.messages])
                async with (
                    aclosing(within(pieces, engine.limits, longest)) as said,
                    aclosing(without_reasoning(said, engine.profile.reasoning)) as answer,
                ):
                    async for piece in answer:
                        yield piece

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(self.engine.limits.answer):
                await self.engine.load()
        except TimeoutError as error:
            raise ModelUnavailable("Le modèle met trop de temps à démarrer. Reposez la question plus tard.") from error
