"""The body of a request, no longer than it may be."""

from fastapi import Request

from ui.errors import RequestTooLarge


async def request_body(request: Request, longest: int) -> bytes:
    """All of it, where it has so many bytes at most, whatever the request says of itself. Raises `RequestTooLarge`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > longest:
            raise RequestTooLarge(longest)
    return bytes(body)
