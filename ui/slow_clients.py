"""Connections whose client says nothing, never ends what it says, or does not take what it is told, are cut.

1. The head of a request comes within a time and a size, the first one of a connection too.
2. What is left of a body that was answered already is waited for as long as for a slow reader.
3. Who does not read an answer holds what makes it: whoever writes it hears then that its reader left.

How slow a body may be is decided where it is read (`ui/slow_bodies.py`).
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 15.0
HEAD_BYTES = 64 * 2**10  # and what came with the last of them
READING_S = 60.0


class ImpatientProtocol(HttpToolsProtocol):
    """One connection. Uvicorn itself waits for a next request alone, and for nothing that has begun."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head = 0  # bytes
        self._in_body = False
        self._until_head: asyncio.TimerHandle | None = None
        self._until_read: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(HEAD_S)

    def data_received(self, data: bytes) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self._wait(READING_S if self._in_body else HEAD_S)
            self._head += 0 if self._in_body else len(data)
        super().data_received(data)
        if self._head > HEAD_BYTES:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        self._head, self._in_body = 0, True
        self._forget_head()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_body = False
        self._forget_head()
        super().on_message_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._until_read = self.loop.call_later(READING_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._forget_reading()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        self._forget_reading()
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        self._until_head = self._until_head or self.loop.call_later(seconds, self.transport.abort)

    def _forget_head(self) -> None:
        if self._until_head is not None:
            self._until_head.cancel()
            self._until_head = None

    def _forget_reading(self) -> None:
        if self._until_read is not None:
            self._until_read.cancel()
            self._until_read = None
