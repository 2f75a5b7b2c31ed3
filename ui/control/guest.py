"""The server inside a command, where no other process owns the data folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from ui.access import open_access
from ui.control.routes import control_application
from ui.errors import RequestFailed
from ui.failures import EXPECTED, failure_of
from ui.home import address_of, listening
from ui.opening import open_services
from ui.server import GuestServer
from ui.settings import Settings


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[str]:
    """Open the services and answer on the folder's socket; gives its address. The folder must be owned.

    Raises `RequestFailed` where a service does not open.
    """
    async with AsyncExitStack() as stack:
        try:
            services = await stack.enter_async_context(open_services(settings))
            access = await stack.enter_async_context(open_access(settings, services.pool, services.ledger))
        except EXPECTED as error:
            raise RequestFailed(failure_of(error).message) from error
        listener = stack.enter_context(listening(settings.home))
        server = GuestServer(control_application(services, access))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield stack.enter_context(address_of(settings.home))
        finally:
            server.should_exit = True
            await running
