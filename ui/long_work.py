"""Work that goes on while its page is left: each person's last of a kind, with what it has told so far.

It lives as long as the process; who comes back finds it, nobody else does.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from policies import Principal
from ui.errors import WorkGoesOn


@dataclass(slots=True)
class Work:
    """`steps` are told so far; `error` is what ended it before its end. `about` is what whoever began it says of it."""

    about: Any
    steps: list[Any] = field(default_factory=list)
    error: Exception | None = None
    running: bool = True
    stopped: bool = False

    @property
    def last(self) -> Any:
        """The last step; None before the first."""
        return self.steps[-1] if self.steps else None


class LongWork:
    """Begins work and finds it again, by person and kind."""

    def __init__(self) -> None:
        self._works: dict[tuple[str, str], Work] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}

    def start(self, person: Principal, kind: str, steps: AsyncGenerator[Any, None], about: Any = None) -> Work:
        """Have the steps done from now on. Raises `WorkGoesOn`."""
        key = person.subject, kind
        if key in self._tasks:
            raise WorkGoesOn
        work = self._works[key] = Work(about)
        task = self._tasks[key] = asyncio.create_task(_do(work, steps))
        task.add_done_callback(lambda _: self._tasks.pop(key, None))
        return work

    def of(self, person: Principal, kind: str) -> Work | None:
        """The person's last of that kind; None where there was none."""
        return self._works.get((person.subject, kind))

    async def stop(self, person: Principal, kind: str) -> None:
        """End it where it is; nothing happens where it has ended."""
        key = person.subject, kind
        if task := self._tasks.get(key):
            self._works[key].stopped = True
            task.cancel()
            await asyncio.wait([task])

    async def ended(self, person: Principal, kind: str) -> None:
        """Wait for its end."""
        if task := self._tasks.get((person.subject, kind)):
            await asyncio.wait([task])

    async def close(self) -> None:
        """End all."""
        for task in (tasks := list(self._tasks.values())):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


@asynccontextmanager
async def open_long_work() -> AsyncIterator[LongWork]:
    """What is still at work in the end is ended."""
    work = LongWork()
    try:
        yield work
    finally:
        await work.close()


async def _do(work: Work, steps: AsyncGenerator[Any, None]) -> None:
    try:
        async with aclosing(steps) as told:
            async for step in told:
                work.steps.append(step)
    except Exception as error:  # noqa: BLE001  # whoever comes back is told
        work.error = error
    finally:
        work.running = False
