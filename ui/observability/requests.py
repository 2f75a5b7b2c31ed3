"""Requests, by the template of their route: how many, how they ended, how long; and a span of each.

Never an address as it was sent: it names conversations and documents, and a query may be a question. `Requests` stands
outside of all that may refuse a request, `Routed` around the router, which alone knows the template.
"""

import time
from collections.abc import Callable
from typing import Any

from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.observability.spans import NO_SPAN, TRACEPARENT, current, failed
from ui.observability.watching import Watching

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# What no route took: files of the front end, and what was refused before.
OTHER = "other"

# The chat's own connection, which lasts as long as a page: its questions are traces of their own.
SOCKET = "/ws/"

_SEEN = "assistant.seen"


class Seen:
    """What is found out of one request."""

    def __init__(self) -> None:
        self.route = OTHER
        self.status = 0


class Requests:
    """ASGI middleware; `trusted` says whether a client's word counts on which trace it is part of."""

    def __init__(self, app: ASGIApp, watching: Watching, trusted: Callable[[str], bool]) -> None:
        self._app = app
        self._watching = watching
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._watching.on:
            await self._app(scope, receive, send)
            return
        seen, began = Seen(), time.perf_counter()
        method = scope["method"] if scope["method"] in METHODS else OTHER
        socket = SOCKET in scope["path"]
        span = NO_SPAN if socket else self._watching.span("http", SpanKind.SERVER, self._parent(scope))

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
            await send(message)

        try:
            with current(span):
                await self._app({**scope, _SEEN: seen}, receive, sending)
        except BaseException as error:
            failed(span, error)
            raise
        finally:
            if metrics := self._watching.metrics:
                metrics.requests.labels(method, seen.route, str(seen.status)).inc()
                if not socket:  # a long poll waits for something to say
                    metrics.request_time.labels(method, seen.route).observe(time.perf_counter() - began)
            span.set_attributes(
                {"http.request.method": method, "http.route": seen.route, "http.response.status_code": seen.status}
            )
            span.end()

    def _parent(self, scope: Scope) -> str:
        """The trace that the request is part of, by the word of a proxy that is trusted."""
        if not scope.get("client") or not self._trusted(scope["client"][0]):
            return ""
        told = [value for name, value in scope["headers"] if name == TRACEPARENT.encode()]
        return told[0].decode("latin-1") if len(told) == 1 else ""


class Routed:
    """ASGI middleware around a router: notes the template of the route that took the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            seen: Any = scope.get(_SEEN)
            template = getattr(scope.get("route"), "path", "")
            if seen is not None and template:
                seen.route = template
