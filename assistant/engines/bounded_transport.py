"""Reading no more of a server's answer than an answer can have."""

from collections.abc import AsyncIterator

import httpx

# Millions of bytes that an answer may have, with all that its form adds.
LONGEST = 16


class Bounded(httpx.AsyncBaseTransport):
    """Ends a body that grows beyond all answers: a line without end would otherwise fill the memory."""

    def __init__(self, transport: httpx.AsyncHTTPTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101  # of an asynchronous transport
        response.stream = _Stream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _Stream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        room = LONGEST * 10**6
        async for piece in self._stream:
            room -= len(piece)
            if room < 0:
                raise httpx.ReadError(f"The body has more than {LONGEST} MB.")
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()
