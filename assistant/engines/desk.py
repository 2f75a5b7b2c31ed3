"""An engine, who waits for it, and whether it may be asked."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

from langchain_core.messages import BaseMessage

from assistant.answer import Waiting
from assistant.engines.chain import saying, tokens
from assistant.engines.circuit_breaker import CircuitBreaker
from assistant.engines.effort import Effort, SharedTime
from assistant.engines.engine import Engine
from assistant.engines.fair_queue import FairQueue
from assistant.engines.pace import Pace, Speed
from assistant.engines.reasoning import without_reasoning
from assistant.engines.tally import Tally
from assistant.engines.time_limits import within
from assistant.errors import ModelUnavailable
from retrieval.corpus import Passage


@dataclass(frozen=True, slots=True)
class Prompted:
    """The engine of that name is told the messages, with these passages in them; the text that follows is its own."""

    name: str
    engine: Engine
    passages: Sequence[Passage]
    messages: Sequence[BaseMessage] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told, and the passages in it. What it says gets at most `max_tokens` long, and ends at `stop`."""

    messages: Sequence[BaseMessage]
    passages: Sequence[Passage]
    max_tokens: int
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How an engine stands now: how many answers it makes, how many wait for it, how fast it was of late.

    One that is `resting` failed of late and is left alone. One that is `reserved` is asked for `tasks` alone; any
    other is asked first for those.
    """

    name: str
    engine: Engine
    resting: bool
    making: int
    waiting: int
    speed: Speed | None
    reserved: bool = False
    tasks: tuple[str, ...] = ()


class Desk:
    """Lets those who wait have the engine, each in their turn."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name = name
        self.engine = engine
        self.breaker = CircuitBreaker()
        self._pace = Pace()
        self._queue = FairQueue(engine.places, longest=engine.waiting, turn_s=self._turn_s)
        self._time = SharedTime()
        self._holders = 0
        self._left = asyncio.Event()
        self._left.set()

    @property
    def standing(self) -> Standing:
        """As it is now."""
        queue = self._queue
        return Standing(self.name, self.engine, self.breaker.refuses, queue.served, queue.waiting, self._pace.speed)

    def _turn_s(self) -> float | None:
        speed = self._pace.speed
        return speed.answer_s if speed else None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Meanwhile somebody counts on the engine."""
        self._holders += 1
        self._left.clear()
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._left.set()

    async def left(self) -> None:
        """Wait until nobody counts on the engine."""
        await self._left.wait()

    async def write(
        self, subject: str, prompt: Callable[[Engine], Prompt], guidance: str = "", effort: Effort | None = None
    ) -> AsyncGenerator[Waiting | Prompted | str, None]:
        """The text in pieces, after each wait and the prompt; what it takes is added to the `effort`.

        Raises `QueueFull`, and what engine and `prompt` do.
        """
        engine, effort = self.engine.guided(guidance), effort or Effort()
        with self._queue.ticket(subject) as ticket:
            with effort.waiting():
                async for ahead in ticket.waiting():
                    yield Waiting(ahead)
            with self.breaker.attempt():
                await self._load()
                told = prompt(engine)
                yield Prompted(self.name, engine, told.passages, told.messages)
                longest = told.max_tokens + engine.profile.reasoning_tokens
                tally = Tally(tokens(engine, told.messages), estimated=engine.estimates_tokens)
                pieces = tally.reported(saying(engine, longest, told.stop).astream([*told.messages]))
                async with (
                    aclosing(self._pace.heard(tally.counted(within(pieces, engine.limits, longest)))) as said,
                    aclosing(without_reasoning(said, engine.profile.reasoning)) as answer,
                ):
                    with self._time.taken(effort), tally.added_to(effort):
                        async for piece in answer:
                            yield piece

    async def _load(self) -> None:
        try:
            async with asyncio.timeout(self.engine.limits.answer):
                await self.engine.load()
        except TimeoutError as error:
            raise ModelUnavailable("Le modèle met trop de temps à démarrer. Reposez la question plus tard.") from error
