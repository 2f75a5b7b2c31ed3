"""Checkpoints are taken in time, and sent to places outside the database."""

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import psycopg

from policies.audit.checkpoints import Checkpoints, Held, Pool
from policies.audit.tree_queries import COUNTED
from policies.errors import LedgerUnavailable, PolicyError

LOOK_S = 1.0  # between two looks at how many records there are
LAST_S = 10.0  # for what is still to be sent as a process ends

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the ledger is signed. `trouble` is the sentence of what keeps it from being signed, empty without any."""

    records: int
    latest: Held | None
    late: bool
    trouble: str

    @property
    def signed(self) -> int:
        """How many records are signed."""
        return self.latest.size if self.latest else 0


class Watch:
    """Takes a checkpoint `seconds` after the last one, or once there are `records` new ones, and has it sent by `ship`.

    `ship` finds out by itself what a place lacks; it is called again every `seconds` for places that were away.
    """

    def __init__(
        self,
        pool: Pool,
        checkpoints: Checkpoints,
        ship: Callable[[], Awaitable[None]] | None = None,
        *,
        seconds: float = 60,
        records: int = 1_000,
    ) -> None:
        self._pool = pool
        self._checkpoints = checkpoints
        self._ship = ship
        self._seconds = seconds
        self._records = records
        self._taken = asyncio.Event()
        self._trouble = ""

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Do so until the block is left; then sign and send what is left."""
        tasks = [asyncio.create_task(work) for work in (self._take_in_time(), self._ship_in_time())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_S):
                    await self.turn()

    async def turn(self) -> None:
        """Take a checkpoint and send it, now. What fails is logged, and said by `standing`."""
        await self._take()
        await self._send()

    async def standing(self) -> Standing:
        """How far the ledger is signed now. Raises `LedgerUnavailable`."""
        async with self._pool.connection() as connection:
            latest = await self._checkpoints.latest(connection)
        records, signed = await self._counted()
        behind = records > signed
        waited = (dt.datetime.now(dt.UTC) - latest.at).total_seconds() if latest else 0.0
        late = behind and (waited > 3 * self._seconds or bool(self._trouble))
        return Standing(records, latest, late, self._trouble)

    async def _take_in_time(self) -> None:
        while True:
            await self._take()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._many()

    async def _many(self) -> None:
        """Until there are as many new records as want a checkpoint before its time."""
        while True:
            if not self._trouble and await self._unsigned() >= self._records:
                return
            await asyncio.sleep(min(LOOK_S, self._seconds))

    async def _unsigned(self) -> int:
        try:
            records, signed = await self._counted()
        except LedgerUnavailable:  # taking a checkpoint will say it
            return 0
        return records - signed

    async def _ship_in_time(self) -> None:
        while True:
            self._taken.clear()
            await self._send()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds):
                    await self._taken.wait()

    async def _take(self) -> None:
        try:
            held = await self._checkpoints.take()
        except (PolicyError, OSError) as error:
            if str(error) != self._trouble:  # once, not every minute
                _log.error("No checkpoint was taken (%s): %s", type(error).__name__, error)
            self._trouble = str(error)
            return
        self._trouble = ""
        if held is not None:
            self._taken.set()

    async def _send(self) -> None:
        try:
            if self._ship is not None:
                await self._ship()
        except (PolicyError, OSError, psycopg.Error) as error:
            _log.warning("Checkpoints are not sent (%s): %s", type(error).__name__, error)

    async def _counted(self) -> tuple[int, int]:
        try:
            async with self._pool.connection() as connection:
                row = await (await connection.execute(COUNTED)).fetchone()
        except psycopg.Error as error:
            raise LedgerUnavailable(f"Le registre est illisible : {error}") from error
        return (int(row[0]), int(row[1])) if row else (0, 0)
