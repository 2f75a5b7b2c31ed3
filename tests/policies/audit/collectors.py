"""Collectors as a SIEM has them, each a real server of this process that keeps what it was sent."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from policies.audit.transports import transport_to
from policies.audit.transports.transport import Transport
from tests.certificate import Certificate


@dataclass
class Collector:
    """Where it listens, what it received, and how it is told to misbehave."""

    address: str
    kept: list[str] = field(default_factory=list)
    refusing: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def keep(self, *lines: str) -> None:
        """These have come."""
        self.kept += lines
        self.arrived.set()

    def received(self) -> list[str]:
        """All lines so far, in order."""
        return self.kept

    async def heard(self, lines: int) -> None:
        """Wait until it has so many."""
        while len(self.received()) < lines:
            self.arrived.clear()
            await self.arrived.wait()

    def refuse(self) -> None:
        """Take nothing any more."""
        self.refusing = True

    def transport(self, tls: ssl.SSLContext) -> Transport:
        return transport_to(self.address, tls)


Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


def served_under(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.public, certificate.private)
    return context


@asynccontextmanager
async def _listening(connected: Connected, certificate: Certificate) -> AsyncIterator[int]:
    tasks: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await connected(reader, writer)
        except (EOFError, OSError):
            pass
        finally:
            writer.close()

    def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(one(reader, writer)))

    tls = served_under(certificate)
    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=tls, limit=2**20)
    port: int = server.sockets[0].getsockname()[1]
    other = await asyncio.start_server(take, "127.0.0.2", port, ssl=tls)  # for which the certificate does not speak
    try:
        yield port
    finally:
        server.close()
        other.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def syslog_collector(certificate: Certificate, folder: Path) -> AsyncIterator[Collector]:
    """RFC 5425: octet counting; it refuses by closing."""
    collector = Collector("")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not collector.refusing:
            length = int(await reader.readuntil(b" "))
            collector.keep((await reader.readexactly(length)).decode())

    async with _listening(connected, certificate) as port:
        collector.address = f"syslog+tls://localhost:{port}"
        yield collector


@asynccontextmanager
async def relp_collector(certificate: Certificate, folder: Path) -> AsyncIterator[Collector]:
    """RELP: an answer to each frame."""
    collector = Collector("")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            number, command, data = await relp_frame(reader)
            if command == b"open":
                writer.write(relp_answer(number, b"200 OK\n" + data))
            elif command == b"close":
                writer.write(b"%d rsp 0\n0 serverclose 0\n" % number)
            elif collector.refusing:
                writer.write(relp_answer(number, b"500 no room"))
            else:
                collector.keep(data.decode())
                writer.write(relp_answer(number, b"200 OK"))
            await writer.drain()

    async with _listening(connected, certificate) as port:
        collector.address = f"relp+tls://localhost:{port}"
        yield collector


async def relp_frame(reader: asyncio.StreamReader) -> tuple[int, bytes, bytes]:
    """The number, the command and the data of the next frame."""
    number, command = (await reader.readuntil(b" "))[:-1], (await reader.readuntil(b" "))[:-1]
    length = b""
    while (end := await reader.readexactly(1)).isdigit():
        length += end
    if end == b"\n":
        return int(number), command, b""
    data = await reader.readexactly(int(length))
    assert await reader.readexactly(1) == b"\n"
    return int(number), command, data


def relp_answer(number: int, data: bytes) -> bytes:
    return b"%d rsp %d %b\n" % (number, len(data), data)


@asynccontextmanager
async def web_collector(certificate: Certificate, folder: Path) -> AsyncIterator[Collector]:
    """HTTP/1.1: a status to each request."""
    collector = Collector("")

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            (length,) = [int(line.partition(":")[2]) for line in head.splitlines() if line.startswith("content-length")]
            lines = (await reader.readexactly(length)).decode().split("\n")
            assert head.startswith("post /collecte http/1.1\r\n")
            assert lines.pop() == ""
            status = HTTPStatus.SERVICE_UNAVAILABLE if collector.refusing else HTTPStatus.ACCEPTED
            if not collector.refusing:
                collector.keep(*lines)
            writer.write(f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()

    async with _listening(connected, certificate) as port:
        collector.address = f"https://localhost:{port}/collecte"
        yield collector


class FileCollector(Collector):
    """What reads a file that others write; a folder in its place refuses them."""

    def received(self) -> list[str]:
        path = Path(urlsplit(self.address).path)
        return path.read_text().splitlines() if path.is_file() else []

    def refuse(self) -> None:
        Path(urlsplit(self.address).path).mkdir()


@asynccontextmanager
async def file_collector(certificate: Certificate, folder: Path) -> AsyncIterator[Collector]:
    """Lines of a file."""
    yield FileCollector(f"file://{folder}/audit.jsonl")
