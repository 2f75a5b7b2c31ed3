"""Refused sign-ins and tokens, recorded within a budget: whoever can reach us must not be able to fill the ledger.

Invariants:
1. A peer's first refusals of a minute have each a record of their own. Those beyond its budget are answered by
   `TooManyRefusals` without one; when the minute is over, one record for each peer says how many there were.
2. Records and sums together are all refusals, also where the ledger did not take a record at once.
3. Only refusals count: a good token from the same address is served all the same.
4. However many peers there are, few are told apart; the rest share one budget.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

import structlog

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import SERVICE
from ui.database import Pool
from ui.errors import TooManyRefusals
from ui.failures import EXPECTED
from ui.identity import NOBODY

MINUTE = 60  # seconds
OTHERS = "others"  # in place of a peer

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RefusalLimits:
    """`budget` is how many refusals of one peer have a record of their own in a minute."""

    budget: int = 20
    peers: int = 1_000


class Refusals:
    """The refusals of one process. `sum_up` is called when a minute is over."""

    def __init__(self, pool: Pool, ledger: Ledger, limits: RefusalLimits) -> None:
        self._pool = pool
        self._ledger = ledger
        self._limits = limits
        self._seen: Counter[str] = Counter()
        self._unrecorded: Counter[str] = Counter()

    async def record(self, event: Event, peer: str) -> None:
        """Record a refusal. Raises `TooManyRefusals` where the peer's budget is spent, `LedgerUnavailable`."""
        if peer not in self._seen and len(self._seen) >= self._limits.peers:
            peer = OTHERS
        self._seen[peer] += 1
        if self._seen[peer] > self._limits.budget:
            self._unrecorded[peer] += 1
            raise TooManyRefusals(MINUTE)
        try:
            async with self._pool.connection() as connection:
                await self._ledger.append(connection, event)
        except BaseException:
            self._unrecorded[peer] += 1
            raise

    async def sum_up(self) -> None:
        """Record what has no record yet, and begin anew. Where that fails, all stays as it is until the next time."""
        told = Counter(self._unrecorded)
        if told:
            async with self._pool.connection() as connection:
                for peer, count in told.items():
                    details: dict[str, Json] = {"peer": peer, "refusals": count}
                    await self._ledger.append(
                        connection, Event(Act.REFUSALS_SUMMED, replace(NOBODY, origin=SERVICE), details)
                    )
        self._unrecorded -= told
        self._seen.clear()

    async def until(self, stopping: asyncio.Event) -> None:
        """Sum up every minute, and once more at the end."""
        while not stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), MINUTE)
            try:
                await self.sum_up()
            except EXPECTED as error:
                left = self._unrecorded.total()
                _log.error("refusals could not be summed up", refusals=left, error=type(error).__name__)


@asynccontextmanager
async def open_refusals(pool: Pool, ledger: Ledger, limits: RefusalLimits | None = None) -> AsyncIterator[Refusals]:
    """Sums up every minute while it is open, and what is left when it closes."""
    refusals, stopping = Refusals(pool, ledger, limits or RefusalLimits()), asyncio.Event()
    summing = asyncio.create_task(refusals.until(stopping))
    try:
        yield refusals
    finally:
        stopping.set()
        try:
            await asyncio.shield(summing)
        except asyncio.CancelledError:  # Ctrl+C cancels whoever waits, and must not lose what is left
            await summing
            raise
