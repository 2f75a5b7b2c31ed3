"""A ledger with records, and keys that sign it."""

from collections.abc import Awaitable, Callable

import pytest

from policies import Act, Event, PostgresLedger, Principal, SigningKey
from ui.database import Pool

Append = Callable[[int], Awaitable[None]]


@pytest.fixture
def append(pool: Pool, agent: Principal) -> Append:
    """Adds so many records."""

    async def add(count: int) -> None:
        async with pool.connection() as connection:
            for _ in range(count):
                await PostgresLedger().append(connection, Event(Act.GROUPS_LISTED, agent))

    return add


@pytest.fixture
def key() -> SigningKey:
    """The key of a ledger."""
    return SigningKey.generated("registre/essai")
