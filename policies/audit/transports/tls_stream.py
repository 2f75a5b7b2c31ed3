"""A TCP connection under TLS to a SIEM's collector."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from policies.audit.transports.transport import PATIENCE_S
from policies.errors import DestinationUnavailable

# What the kernel may hold that the other side has not confirmed, in bytes; it doubles the figure.
SEND_BUFFER = 64 * 1024

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def tls_stream(host: str, port: int, tls: ssl.SSLContext) -> AsyncIterator[Streams]:
    """Both ends of a connection to a host whose certificate holds. Raises `DestinationUnavailable`."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = await asyncio.open_connection(host, port, ssl=tls, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise DestinationUnavailable(f"le certificat de {host} n’est pas accepté : {error.verify_message}") from error
    except (OSError, TimeoutError) as error:
        raise DestinationUnavailable(f"{host}:{port} ne répond pas ({type(error).__name__})") from error
    try:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        # `drain` then waits until all is encrypted; with 0 asyncio's TLS would pause it for good.
        writer.transport.set_write_buffer_limits(high=1, low=0)
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError, TimeoutError):  # the other side is gone already, or will not say goodbye
            async with asyncio.timeout(1):
                await writer.wait_closed()
