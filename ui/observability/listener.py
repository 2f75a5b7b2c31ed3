"""A listener of its own for operators: /metrics, /healthz, /readyz; never on the port for people.

It says nothing of anybody, and needs no sign-in: who may reach it is for the network to say.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.errors import PortTaken
from ui.probes import Probes
from ui.server import GuestServer, port_bound

METRICS = "/metrics"

Look = Callable[[], Awaitable[None]]


class Exposed:
    """ASGI application: the registry's metrics, once those of the whole are as new as they should be."""

    def __init__(self, registry: CollectorRegistry, look: Look) -> None:
        self._registry = registry
        self._look = look

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._answer(scope))(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["path"] != METRICS or scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("no\n", 404)
        await self._look()
        text = await asyncio.to_thread(generate_latest, self._registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


@asynccontextmanager
async def listening_for_operators(
    at: tuple[str, int] | None, registry: CollectorRegistry, look: Look, ready: Callable[[], Awaitable[bool]]
) -> AsyncIterator[str]:
    """Answer there meanwhile; gives the address, empty where there is to be none. Raises `PortTaken`."""
    if at is None:
        yield ""
        return
    host, port = at
    application: ASGIApp = Probes(Exposed(registry, look), ready)
    with ExitStack() as stack:
        try:
            listener = stack.enter_context(port_bound(host, port))
        except PortTaken as error:
            raise PortTaken(
                f"Le port {port} de {host}, que donne ASSISTANT_METRICS, n’est pas libre. Arrêtez le programme qui "
                "l’occupe, ou donnez-en un autre à chaque processus."
            ) from error
        server = GuestServer(application)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
