"""A process that acts without end, several acts at once, and may be killed at any moment, or at a boundary of its own.

An act makes a collection, or makes and removes one: in the catalogue and in the ledger, in one transaction.
"""

import asyncio
import os
import signal
from contextlib import suppress
from enum import StrEnum
from uuid import UUID, uuid4

import psycopg

from policies import Act, Event, PolicyError, PostgresLedger, Principal
from retrieval import Catalog
from ui.connections import CancellablePool
from ui.database import Pool

PERSON = Principal("s-1", "camille", frozenset(), frozenset(), "commande")
AT_ONCE = 4
BACK_S = 120  # for a database to be back, on a busy machine


class Boundary(StrEnum):
    """Between what the process ends by itself; `NONE` leaves it to whoever kills it."""

    NONE = "none"
    AFTER_THE_ACT = "after the act"
    AFTER_THE_RECORD = "after the record"
    AFTER_THE_COMMIT = "after the commit"


def act_until_killed(url: str, boundary: Boundary, after: int) -> None:
    """With a boundary, the process ends at it in its act of that number."""
    asyncio.run(_act(url, boundary, after))


async def _act(url: str, boundary: Boundary, after: int) -> None:
    async with CancellablePool(url, min_size=AT_ONCE, max_size=AT_ONCE) as pool:
        await asyncio.gather(*(_one(pool, boundary, after) for _ in range(AT_ONCE)))


async def _one(pool: CancellablePool, boundary: Boundary, after: int) -> None:
    number = 0
    while True:
        number += 1
        last = boundary if number == after else Boundary.NONE
        made = await create(pool, last)
        if number % 2:
            await _delete(pool, made)


async def create(pool: Pool, last: Boundary = Boundary.NONE) -> UUID:
    """Make a collection, and record it."""
    async with pool.connection() as connection:
        made = await Catalog().create_collection(
            connection, f"C {uuid4()}", owner="", readers=frozenset(), description=""
        )
        _end_at(Boundary.AFTER_THE_ACT, last)
        event = Event(Act.COLLECTION_CREATED, PERSON, {"collection_id": str(made.id)}, {"name": made.name})
        await PostgresLedger().append(connection, event)
        _end_at(Boundary.AFTER_THE_RECORD, last)
    _end_at(Boundary.AFTER_THE_COMMIT, last)
    return made.id


async def create_once_back(pool: Pool) -> None:
    """Make a collection once the database takes it again."""
    async with asyncio.timeout(BACK_S):
        while True:
            with suppress(PolicyError, psycopg.Error):
                await create(pool)
                return


async def _delete(pool: CancellablePool, collection_id: UUID) -> None:
    async with pool.connection() as connection:
        await Catalog().delete_collection(connection, collection_id)
        event = Event(Act.COLLECTION_DELETED, PERSON, {"collection_id": str(collection_id)})
        await PostgresLedger().append(connection, event)


def _end_at(boundary: Boundary, last: Boundary) -> None:
    if boundary is last:
        os.kill(os.getpid(), signal.SIGKILL)
