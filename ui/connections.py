"""Pools of connections to PostgreSQL whose waiters can be cancelled."""

import asyncio
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool


class CancellablePool(AsyncConnectionPool[AsyncConnection[Any]]):
    """A pool that never hands a connection to a task that was cancelled while it waited for one.

    Before Python 3.12 `asyncio.wait_for`, with which the pool waits, forgets a cancellation that comes in the same
    turn as the connection, or as none comes: the task would go on for ever, and with it the process that waits for
    its end.
    """

    async def getconn(self, timeout: float | None = None) -> AsyncConnection[Any]:  # noqa: ASYNC109 (the signature is psycopg_pool's)
        task = asyncio.current_task()
        before = task.cancelling() if task else 0
        try:
            connection = await super().getconn(timeout)
        except Exception as error:
            if task and task.cancelling() > before:
                raise asyncio.CancelledError from error
            raise
        if task and task.cancelling() > before:
            await self.putconn(connection)
            raise asyncio.CancelledError
        return connection
