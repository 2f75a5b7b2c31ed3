"""A proxy before a server: it ends TLS, shows the server under a path, and can be closed."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from tests.certificate import Certificate

NOT_HERE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy:
    """One on a free port of this machine; `certificate` makes it speak TLS.

    What is under `path` goes to the server at `port`, without the path where `strips`; the rest is not there.
    Each connection carries one request: its answer, or its websocket, is passed on as it comes.
    """

    def __init__(self, port: int, path: str = "", certificate: Certificate | None = None) -> None:
        self.strips = False
        self.passed: asyncio.Queue[str] = asyncio.Queue()  # the paths of requests that have been answered
        self._server, self._path, self._certificate = port, path, certificate
        self._passing: set[asyncio.Task[Any]] = set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"https://localhost:{self._port}{self._path}" if self._certificate else f"http://127.0.0.1:{self._port}"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Proxy"]:
        """Pass on what comes; afterwards, nobody answers."""
        tls: Any = {"ssl": self._tls(), "ssl_shutdown_timeout": 1.0} if self._certificate else {}
        self.passed = asyncio.Queue()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", self._port, **tls)
        try:
            yield self
        finally:
            server.close()
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)
            await server.wait_closed()

    def _tls(self) -> ssl.SSLContext:
        assert self._certificate
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._certificate.public, self._certificate.private)
        return context

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task: Any = asyncio.current_task()
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):  # whoever leaves first
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ", 2)[1]
                if path.split("?")[0] == self._path or path.startswith(f"{self._path}/"):
                    await self._exchange(self._forwarded(head, writer.get_extra_info("peername")[0]), reader, writer)
                    self.passed.put_nowait(path)
                else:
                    writer.write(NOT_HERE)
        finally:
            await _close(writer)

    async def _exchange(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server)
        try:
            to_server.write(head)
            pumps = [asyncio.create_task(_pump(reader, to_server)), asyncio.create_task(_pump(from_server, writer))]
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            await _close(to_server)

    def _forwarded(self, head: str, client: str) -> bytes:
        """The head of the request as the server gets it: with the `Host` that people typed."""
        request, *fields = head.rstrip().split("\r\n")
        method, target, version = request.split(" ")
        kept = [field for field in fields if not field.lower().startswith(("x-forwarded-", "connection:"))]
        upgrade = any(field.lower().startswith("upgrade:") for field in kept)
        host = next(field.split(":", 1)[1].strip() for field in kept if field.lower().startswith("host:"))
        if self.strips:
            target = target.removeprefix(self._path)
            target = target if target.startswith("/") else f"/{target}"
        added = [
            f"Connection: {'upgrade' if upgrade else 'close'}",
            f"X-Forwarded-For: {client}",
            f"X-Forwarded-Proto: {'https' if self._certificate else 'http'}",
            f"X-Forwarded-Host: {host}",
        ]
        return "\r\n".join([f"{method} {target} {version}", *kept, *added, "", ""]).encode("latin-1")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
