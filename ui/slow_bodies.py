"""ASGI middleware: a body that comes too slowly is not waited for to its end.

Only the time counts in which somebody waits for more of it, so that our own slowness is nobody's fault. Who sends
too slowly is answered so; what was being received hears that its sender left, and cleans up as for any other who did.
"""

import asyncio
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.gate import refuse


@dataclass(frozen=True, slots=True)
class BodyPace:
    """Seconds that any body may take, and bytes a second that it must bring beyond them."""

    grace: float = 30.0
    rate: int = 4_096


class SlowBodies:
    """Stands before all that read bodies."""

    def __init__(self, app: ASGIApp, pace: BodyPace | None = None) -> None:
        self._app = app
        self._pace = pace or BodyPace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, answer = _Body(receive, self._pace), _Answer(send)
        try:
            await self._app(scope, body.receive, answer.send)
        except ClientDisconnect:
            if not body.is_late:
                raise
        finally:
            if body.is_late and not answer.begun:
                await refuse(scope, send, 408, "Votre envoi n’avançait plus : il a été interrompu. Recommencez.")


class _Body:
    def __init__(self, receive: Receive, pace: BodyPace) -> None:
        self._receive = receive
        self._pace = pace
        self._left = pace.grace  # seconds
        self._whole = False
        self.is_late = False

    async def receive(self) -> Message:
        if self._whole:  # all that can follow is that the client leaves
            return await self._receive()
        if self.is_late:
            return {"type": "http.disconnect"}
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError:
            self.is_late = True
            return {"type": "http.disconnect"}
        self._left += len(message.get("body", b"")) / self._pace.rate - (loop.time() - began)
        self._whole = not message.get("more_body", False)
        return message


class _Answer:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def send(self, message: Message) -> None:
        self.begun = True
        await self._send(message)
