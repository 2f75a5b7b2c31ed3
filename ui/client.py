"""The command line's way to the services: always HTTP over the data folder's socket.

Where a server runs, it answers. Where none does, this process opens the stores and is the server
itself, for as long as the command takes. Nobody has to know which.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from ui.api import control_application
from ui.errors import HomeTaken, OwnerSilent, RequestFailed
from ui.home import address_of, listening, own, reachable
from ui.server import GuestServer, configuration
from ui.services import open_services
from ui.settings import Settings

OWNER_STARTS_WITHIN = 60.0  # seconds


class Client:
    """Requests in, JSON out. Raises `RequestFailed` with the server's own sentence."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request, one JSON value."""
        response = await self._http.request(method, path, json=body)
        value = response.json()
        if response.is_error:
            raise RequestFailed(value["message"])
        return value

    async def stream(self, path: str, body: Any) -> AsyncIterator[Any]:
        """One request, a JSON value a line as the work goes on."""
        async with self._http.stream("POST", path, json=body) as response:
            if response.is_error:
                await response.aread()
                raise RequestFailed(response.json()["message"])
            async for line in response.aiter_lines():
                event = httpx.Response(200, content=line).json()
                if event["kind"] == "error":
                    raise RequestFailed(event["message"])
                yield event


@asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[Client]:
    """A client of whoever owns the data folder, if need be of ourselves."""
    async with AsyncExitStack() as stack:
        address = await _owner(settings, stack)
        transport = httpx.AsyncHTTPTransport(uds=address)
        # An import or an answer takes the time that it takes.
        http = httpx.AsyncClient(transport=transport, base_url="http://assistant", timeout=httpx.Timeout(None))
        await stack.enter_async_context(http)
        yield Client(http)


async def _owner(settings: Settings, stack: AsyncExitStack) -> str:
    deadline = asyncio.get_running_loop().time() + OWNER_STARTS_WITHIN
    while True:
        if address := stack.enter_context(reachable(settings.home)):
            return address
        try:
            stack.enter_context(own(settings.home))
        except HomeTaken:  # its owner is starting: it listens in a moment
            if asyncio.get_running_loop().time() > deadline:
                raise OwnerSilent(
                    f"Un autre assistant tient le dossier {settings.home} mais ne répond pas. "
                    "Arrêtez-le, puis recommencez."
                ) from None
            await asyncio.sleep(0.1)
        else:
            return await _become_owner(settings, stack)


async def _become_owner(settings: Settings, stack: AsyncExitStack) -> str:
    services = await stack.enter_async_context(open_services(settings))
    listener = stack.enter_context(listening(settings.home))
    server = GuestServer(configuration(control_application(services)))
    tasks = await stack.enter_async_context(asyncio.TaskGroup())
    tasks.create_task(server.serve(sockets=[listener]))
    stack.callback(setattr, server, "should_exit", True)
    return stack.enter_context(address_of(settings.home))
