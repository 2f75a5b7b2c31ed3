"""Writing events into the ledger, each in a transaction of its own, whatever becomes of whoever asked for it."""

import asyncio

from assistant.figures import AnswerFigures, Figure
from policies.audit.event import Event
from policies.audit.ledger import Ledger
from retrieval.rows import Pool


def reason_of(error: BaseException) -> str:
    """Why something came to no end, as the ledger says it."""
    left = isinstance(error, GeneratorExit | asyncio.CancelledError)
    return "reader left" if left else type(error).__name__


class Recorder:
    """Appends one event at a time, with its figure where `figures` keep any. Raises `LedgerUnavailable`."""

    def __init__(self, pool: Pool, ledger: Ledger, figures: AnswerFigures | None = None) -> None:
        self._pool = pool
        self._ledger = ledger
        self._figures = figures
        self._recording: set[asyncio.Task[None]] = set()

    async def record(self, event: Event, figure: Figure | None = None) -> None:
        """Committed when this returns."""
        async with self._pool.connection() as connection:
            if self._figures is not None and figure is not None:
                await self._figures.keep(connection, event.principal, figure)
            await self._ledger.append(connection, event)

    async def record_in_any_case(self, event: Event, figure: Figure | None = None) -> None:
        """Even while the caller's task is being cancelled, once and again."""
        recording = asyncio.create_task(self.record(event, figure))
        self._recording.add(recording)
        recording.add_done_callback(self._recording.discard)
        await asyncio.shield(recording)
