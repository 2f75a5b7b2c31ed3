"""`/healthz` and `/readyz`: whether this process lives, and whether it can serve; for balancers and orchestrators.

They ask every few seconds, of the process itself and under whatever name it has there: they are answered before the
gate, say yes or no and nothing else, and leave no record. What is wrong stands on the dashboard and in
`assistant doctor`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg
from psycopg_pool import PoolTimeout
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.database import Pool

PATHS = ("/healthz", "/readyz")

PATIENCE_S = 2.0
FRESH_S = 1.0


@dataclass
class Readiness:
    """Whether pages can be served: the database answers, and the process is not `leaving`.

    Found once a second at most, however many ask.
    """

    pool: Pool
    leaving: Callable[[], bool] = lambda: False
    _looking: asyncio.Task[bool] | None = None
    _looked_at: float = float("-inf")

    async def __call__(self) -> bool:
        """Within `PATIENCE_S`."""
        if self.leaving():
            return False
        if self._looking is None or (self._looking.done() and time.monotonic() - self._looked_at > FRESH_S):
            self._looking, self._looked_at = asyncio.create_task(self._answers()), time.monotonic()
        return await asyncio.shield(self._looking)

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(PATIENCE_S), self.pool.connection() as connection:
                await connection.execute("select 1")
        except (psycopg.Error, PoolTimeout, OSError, TimeoutError):
            return False
        return True


class Probes:
    """ASGI middleware, the outermost one."""

    def __init__(self, app: ASGIApp, ready: Callable[[], Awaitable[bool]]) -> None:
        self._app = app
        self._ready = ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else ""
        if path not in PATHS:
            await self._app(scope, receive, send)
            return
        well = path == "/healthz" or await self._ready()
        answer = PlainTextResponse(
            "ok\n" if well else "no\n", 200 if well else 503, headers={"Cache-Control": "no-store"}
        )
        await answer(scope, receive, send)
