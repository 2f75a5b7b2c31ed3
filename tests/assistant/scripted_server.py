"""A server on this machine that answers a question for a text as it is told to, right or wrong."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]

EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
MODELS = json.dumps(
    {"object": "list", "data": [{"id": "m", "object": "model", "created": 0, "owned_by": "x"}]}
).encode()


@dataclass(slots=True)
class ScriptedServer:
    """`url` ends in `/v1`; `left` is set when a reader of a text has gone."""

    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def scripted_server(script: Script) -> AsyncIterator[ScriptedServer]:
    """It lists a model, and does as the script says when it is asked for a text; then it waits for its reader to go."""
    scripted = ScriptedServer()
    answering: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        answering.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):
                writer.write(_whole(MODELS))
                return
            length = re.search(rb"(?i)content-length: (\d+)", head)
            scripted.asked.append(head + await reader.readexactly(int(length[1]) if length else 0))
            await script(writer)
            if not writer.is_closing():
                while await reader.read(2**16):
                    pass
                scripted.left.set()
        except ConnectionError:
            scripted.left.set()
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        yield scripted
        for task in answering:
            task.cancel()


def _whole(body: bytes, kind: bytes = b"application/json") -> bytes:
    length = str(len(body)).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\nContent-Length: " + length + b"\r\n\r\n" + body


def said(text: str, *, last: bool = False) -> bytes:
    """One event of a text, as chat and as completion."""
    return _event({"delta": {"content": text}, "text": text, "finish_reason": "stop" if last else None})


def thought(text: str, name: str) -> bytes:
    """One event of what a model thinks, in a field of that name."""
    return _event({"delta": {name: text}, "finish_reason": None})


def used(read: int, written: int) -> bytes:
    """The event in which a server counts tokens; it has no text."""
    counts = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    return _data({"choices": [], "usage": counts})


def refusing(status: str, message: str) -> Script:
    """Say that the request was wrong."""
    body = json.dumps({"error": {"message": message}}).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close"
    return saying(head.encode() + b"\r\n\r\n" + body)


def _event(choice: dict[str, Any]) -> bytes:
    return _data({"choices": [{"index": 0} | choice]})


def _data(said: dict[str, Any]) -> bytes:
    event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"} | said
    return b"data: " + json.dumps(event).encode() + b"\n\n"


def saying(*pieces: bytes, close: bool = True) -> Script:
    """Send these bytes, and close."""

    async def script(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
        await writer.drain()
        if close:
            writer.close()

    return script


def repeating(piece: bytes) -> Script:
    """Send the beginning of an answer, and then this for ever."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(EVENTS)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()

    return script


def html() -> Script:
    """A page of something else that listens there."""
    return saying(_whole(b"<!DOCTYPE html><title>Intranet</title><p>Bonjour.", b"text/html"))
