"""The register of what was done: the port."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from psycopg import AsyncConnection

from policies.audit.event import Event, Record

# Acts and their records commit together: whoever acts hands its own open transaction to the ledger.
Transaction = AsyncConnection[Any]


class Ledger(Protocol):
    """An append-only register.

    Invariants:
    1. A record is durable exactly when the transaction that appended it is.
    2. Indexes are contiguous from 0 and follow the order of commits.
    3. What was appended cannot be changed or removed through this port.
    """

    async def append(self, transaction: Transaction, event: Event) -> int:
        """Add the event as the last record and return its index. Raises `LedgerUnavailable`, `EventInvalid`."""

    async def append_all(self, transaction: Transaction, events: Sequence[Event]) -> list[int]:
        """Add the events as the last records, in their order, and return their indexes: faster than one by one.

        Raises `LedgerUnavailable`, `EventInvalid`; then none of them is there.
        """

    def records(self, transaction: Transaction, start: int = 0) -> AsyncIterator[Record]:
        """All records from that index on, in order."""
