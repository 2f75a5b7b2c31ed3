"""Work that goes on only while somebody waits for it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

Result = TypeVar("Result")


async def attended(receive: Receive, work: Coroutine[Any, Any, Result]) -> Result:
    """What the work gives. Who closes the connection cancels it: then `ClientDisconnect` is raised.

    The body of the request must have been read: what comes after it is the end of the connection.
    """
    working = asyncio.create_task(work)
    leaving = asyncio.create_task(_end_of(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        left = leaving.done()
        leaving.cancel()
        working.cancel()  # nothing happens where it is done
    try:
        return await working  # its own clean-up included
    except asyncio.CancelledError:
        if left:
            raise ClientDisconnect from None
        raise


async def _end_of(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
