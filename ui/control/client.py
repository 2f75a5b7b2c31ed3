"""The command line's way to the services: always HTTP over the data folder's socket.

Where a server runs, it answers. Where none does, this process opens the stores and is the server
itself, for as long as the command takes. Nobody has to know which.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, BinaryIO
from urllib.parse import unquote

import httpx

from ui.errors import HomeTaken, OwnerSilent, RequestFailed
from ui.home import own, reachable
from ui.settings import Settings

OWNER_STARTS_WITHIN = 60.0  # seconds


class Client:
    """Requests in, JSON out. Raises `RequestFailed` with the server's own sentence."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def call(self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> Any:
        """One request, one JSON value."""
        with _owner_there():
            response = await self._http.request(method, path, json=body, params=params)
        if response.is_error:
            raise RequestFailed(response.json()["message"])
        return response.json()

    async def download(self, path: str, params: dict[str, str], into: Callable[[str], BinaryIO]) -> int:
        """One request, a file: `into` gives what it is written to, by the name that it has; gives its size in bytes."""
        size = 0
        with _owner_there():
            async with self._http.stream("GET", path, params=params) as response:
                if response.is_error:
                    await response.aread()
                    raise RequestFailed(response.json()["message"])
                with into(unquote(response.headers["X-Name"])) as file:
                    async for piece in response.aiter_bytes():
                        size += await asyncio.to_thread(file.write, piece)
        return size

    async def stream(self, path: str, body: Any) -> AsyncIterator[Any]:
        """One request, a JSON value a line as the work goes on."""
        with _owner_there():
            async with self._http.stream("POST", path, json=body) as response:
                if response.is_error:
                    await response.aread()
                    raise RequestFailed(response.json()["message"])
                async for line in response.aiter_lines():
                    event = json.loads(line)
                    if event["kind"] == "error":
                        raise RequestFailed(event["message"])
                    yield event


async def call(
    settings: Settings, method: str, path: str, body: Any = None, params: dict[str, str] | None = None
) -> Any:
    """One request by a client that is there for it alone."""
    async with open_client(settings) as client:
        return await client.call(method, path, body, params)


@contextmanager
def _owner_there() -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        raise RequestFailed("Le serveur s’est arrêté pendant la commande. Relancez-le, puis recommencez.") from error


@asynccontextmanager
async def open_client(settings: Settings) -> AsyncIterator[Client]:
    """A client of whoever owns the data folder, if need be of ourselves. Raises `UiError`."""
    async with AsyncExitStack() as stack:
        transport = httpx.AsyncHTTPTransport(uds=await _owner(settings, stack))
        # An import or an answer takes the time that it takes.
        http = httpx.AsyncClient(transport=transport, base_url="http://assistant", timeout=httpx.Timeout(None))
        yield Client(await stack.enter_async_context(http))


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
            from ui.control.guest import serving  # the services take long to import, and most commands do without

            return await stack.enter_async_context(serving(settings))
