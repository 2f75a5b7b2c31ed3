"""Syslog over TLS (RFC 5425): each message after its length in octets, and nobody answers.

What was sent may be lost with a connection, so that the last messages are sent again over the next one.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from policies.audit.transports.tls_stream import Streams, tls_stream
from policies.audit.transports.transport import PATIENCE_S
from policies.errors import DestinationUnavailable

UNCONFIRMED = 1_000  # messages


@dataclass(frozen=True, slots=True)
class SyslogTransport:
    """To a collector that listens for syslog under TLS."""

    host: str
    port: int
    tls: ssl.SSLContext

    syslog = True
    unconfirmed = UNCONFIRMED

    @asynccontextmanager
    async def open(self) -> AsyncIterator["SyslogConnection"]:
        """Connect. Raises `DestinationUnavailable`."""
        async with tls_stream(self.host, self.port, self.tls) as streams:
            yield SyslogConnection(streams)


class SyslogConnection:
    """A connection over which nothing comes back."""

    def __init__(self, streams: Streams) -> None:
        self._reader, self._writer = streams

    async def send(self, lines: Sequence[str]) -> None:
        """Hand the messages to the network. Raises `DestinationUnavailable`."""
        if self._reader.at_eof():
            raise DestinationUnavailable("le collecteur a fermé la connexion")
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._writer.write(b"".join(map(framed, lines)))
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise DestinationUnavailable(f"la connexion est rompue ({type(error).__name__})") from error


def framed(line: str) -> bytes:
    """The message after its length (RFC 5425, 4.3)."""
    message = line.encode()
    return b"%d %b" % (len(message), message)
