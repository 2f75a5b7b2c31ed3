"""A server that is to end lets its people go without losing what they asked.

1. For `NOTICE_S`, all is served as before, but `/readyz` says no: a balancer sends nobody new.
2. Then nobody new comes in. A page that waits for nothing is let go at once (status 1012, RFC 6455: its browser comes
   back by itself, to another server), one whose answer is being written as soon as that has ended; requests are
   answered.
3. What has not ended after the time that settings give is stopped, and kept as far as it came.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.parting import COME_BACK

NOTICE_S = 4.0  # a balancer asks every second or two
STOPPING_S = 5.0  # for what is stopped to be kept
LOOK_S = 0.1

OPEN = "assistant.open"
"""Where a request's scope has its `Open`."""

Task = asyncio.Task[Any]


@dataclass(eq=False)
class Open:
    """A request or a page's socket that is open. `work` gives what is being done for its page, where that is so."""

    scope: Scope
    send: Send
    work: Callable[[], Task | None] = lambda: None
    gone: bool = False

    @property
    def waits(self) -> bool:
        """Whether something is being done for it."""
        task = self.work()
        return self.scope["type"] == "http" or (task is not None and not task.done())

    async def sent(self, message: Message) -> None:
        """What the page is told, as long as it is there."""
        if not self.gone:
            await self.send(message)

    async def let_go(self) -> None:
        """Have the page come back, to another server."""
        self.gone = True
        with contextlib.suppress(OSError, RuntimeError):  # it went in this moment
            await self.send({"type": "websocket.close", "code": COME_BACK})


@dataclass
class Leaving:
    """Who is there, and whether the process is about to end. `works` gives all that is being done for pages."""

    patience_s: float
    notice_s: float = 0.0
    works: Callable[[], Collection[Task]] = tuple
    begun: bool = False
    _open: set[Open] = field(default_factory=set)

    def watched(self, app: ASGIApp) -> ASGIApp:
        """The same application, whose requests and sockets are known here."""

        async def watching(scope: Scope, receive: Receive, send: Send) -> None:
            one = Open(scope, send)
            self._open.add(one)
            try:
                await app({**scope, OPEN: one}, receive, one.sent)
            finally:
                self._open.discard(one)

        return watching

    async def begin(self) -> None:
        """Let the balancer know."""
        self.begun = True
        await asyncio.sleep(self.notice_s)

    async def end(self) -> None:
        """Let all go; who is left after the time that there is, is stopped."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience_s):
                while self._open or self._working():
                    for one in [one for one in self._open if not (one.waits or one.gone)]:
                        await one.let_go()
                    await asyncio.sleep(LOOK_S)
        if stopped := self._working():
            for task in stopped:
                task.cancel()
            await asyncio.wait(stopped, timeout=STOPPING_S)

    def _working(self) -> Sequence[Task]:
        return [task for task in self.works() if not task.done()]


class PatientServer(uvicorn.Server):
    """Ends as `leaving` says; asked to end once more, it waits no longer."""

    def __init__(self, config: uvicorn.Config, leaving: Leaving) -> None:
        super().__init__(config)
        self._leaving = leaving
        self._loop: asyncio.AbstractEventLoop | None = None
        self._notice: Task | None = None

    async def startup(self, sockets: Any = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A first signal begins; the second one ends all at once."""
        if self._leaving.begun or self._loop is None:
            self._leaving.patience_s = 0.0
            super().handle_exit(sig, frame)
            return
        self._captured_signals.append(signal.Signals(sig))
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        async def notice() -> None:
            await self._leaving.begin()
            self.should_exit = True

        self._notice = asyncio.create_task(notice())

    async def shutdown(self, sockets: Any = None) -> None:
        """Let nobody in; let everybody go."""
        for server in self.servers:
            server.close()
        for one in sockets or []:
            one.close()
        await self._leaving.end()
        await super().shutdown(sockets)
