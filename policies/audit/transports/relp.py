"""Syslog over RELP, under TLS: each message has a number and is acknowledged by it.

A frame is `number command length[ data]\\n`; the protocol's description: https://www.rsyslog.com/doc/relp.html.
"""

import asyncio
import itertools
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from policies.audit.transports.tls_stream import Streams, tls_stream
from policies.audit.transports.transport import PATIENCE_S
from policies.errors import DestinationUnavailable

WINDOW = 128  # messages that may wait for their acknowledgement at once
LARGEST_NUMBER = 999_999_999
LONGEST_ANSWER = 64 * 1024  # bytes

_OFFER = b"relp_version=0\nrelp_software=assistant\ncommands=syslog"


@dataclass(frozen=True, slots=True)
class RelpTransport:
    """To a collector that listens for RELP under TLS."""

    host: str
    port: int
    tls: ssl.SSLContext

    syslog = True
    unconfirmed = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["RelpConnection"]:
        """Connect and agree on what will be sent. Raises `DestinationUnavailable`."""
        async with tls_stream(self.host, self.port, self.tls) as streams:
            connection = RelpConnection(streams)
            await connection.exchange(b"open", [_OFFER])
            yield connection
            with suppress(DestinationUnavailable):  # all is acknowledged: this is mere politeness
                await connection.exchange(b"close", [b""])


class RelpConnection:
    """A session of RELP."""

    def __init__(self, streams: Streams) -> None:
        self._reader, self._writer = streams
        self._numbers = itertools.cycle(range(1, LARGEST_NUMBER + 1))

    async def send(self, lines: Sequence[str]) -> None:
        """Return once each message is acknowledged. Raises `DestinationUnavailable`."""
        for start in range(0, len(lines), WINDOW):
            await self.exchange(b"syslog", [line.encode() for line in lines[start : start + WINDOW]])

    async def exchange(self, command: bytes, contents: Sequence[bytes]) -> None:
        """Send frames of that command and hear that each was taken. Raises `DestinationUnavailable`."""
        waiting = {next(self._numbers): content for content in contents}
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._writer.write(b"".join(_frame(number, command, content) for number, content in waiting.items()))
                await self._writer.drain()
                while waiting:
                    number, answer = await self._answer()
                    if waiting.pop(number, None) is None:
                        raise DestinationUnavailable("le collecteur RELP accuse réception d’un message inconnu")
                    if not answer.startswith(b"200") and command != b"close":
                        reason = answer.partition(b"\n")[0].decode(errors="replace")[:100]
                        raise DestinationUnavailable(f"le collecteur RELP refuse un message ({reason})")
        except (OSError, TimeoutError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise DestinationUnavailable(f"la connexion RELP est rompue ({type(error).__name__})") from error

    async def _answer(self) -> tuple[int, bytes]:
        """The next answer's number and its data."""
        number = int(await self._reader.readuntil(b" "))
        command = await self._reader.readuntil(b" ")
        length, end = b"", await self._reader.readexactly(1)
        while end.isdigit() and len(length) < len(str(LONGEST_ANSWER)):
            length, end = length + end, await self._reader.readexactly(1)
        if command == b"serverclose ":
            raise DestinationUnavailable("le collecteur RELP ferme la connexion")
        if command != b"rsp " or int(length) > LONGEST_ANSWER:
            raise DestinationUnavailable("le collecteur ne répond pas en RELP")
        if end == b"\n":
            return number, b""
        data = await self._reader.readexactly(int(length))
        if end != b" " or await self._reader.readexactly(1) != b"\n":
            raise DestinationUnavailable("le collecteur ne répond pas en RELP")
        return number, data


def _frame(number: int, command: bytes, content: bytes) -> bytes:
    head = b"%d %b %d" % (number, command, len(content))
    return head + b" " + content + b"\n" if content else head + b"\n"
