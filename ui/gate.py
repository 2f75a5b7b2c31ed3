"""What stands before every page: which addresses and origins are answered, and the security headers.

The server without sign-in trusts whoever reaches it, so a page of another site must not: the `Host`
must be one of ours (against DNS rebinding), and so must the `Origin` of any request that has one,
websockets included.
"""

import json
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The only inline styles of Chainlit 2.12's script, each with one fixed text: an empty sheet that it fills
# by script, its messages ("toasts"), and the one that stops scrolling behind a dialog (for a page that
# has no scroll bar of its own, as ours). Without them: messages without form, the page unharmed.
STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-6FtdOVEKBr7kEvnxnYQJQC1ilZSJF49hIGiqrX5SLiA='",
    "'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='",
)

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        f"style-src 'self' {' '.join(STYLES)}",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'none'",
        "worker-src 'none'",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Gate:
    """ASGI middleware. `addresses` are the `host:port` under which people reach this server."""

    def __init__(self, app: ASGIApp, addresses: Iterable[str]) -> None:
        self._app = app
        self._addresses = frozenset(addresses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self._addresses:
            await refuse(scope, send, 421, "Cette adresse n’est pas celle de l’assistant.")
        elif "origin" in headers and not self._ours(headers["origin"]):
            await refuse(scope, send, 403, "Cette demande vient d’un autre site.")
        else:
            await self._app(scope, receive, _secured(send))

    def _ours(self, origin: str) -> bool:
        scheme, _, address = origin.partition("://")
        return scheme in ("http", "https") and address in self._addresses


def _secured(send: Send) -> Send:
    async def send_secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
        await send(message)

    return send_secured


async def refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    """Answer with a status and a sentence, or close a websocket before it opens."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    secured = _secured(send)
    content = json.dumps({"message": sentence}, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(content)).encode())]
    await secured({"type": "http.response.start", "status": status, "headers": headers})
    await secured({"type": "http.response.body", "body": content})
