"""Waiting for a connection, and being told to stop meanwhile."""

import asyncio
from contextlib import suppress

import pytest
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from ui.connections import CancellablePool
from ui.database import DatabaseSettings, Pool


def _waiting(pool: Pool) -> int:
    return pool.get_stats().get("requests_waiting", 0)


async def wait_and_be_cancelled(pool: Pool) -> asyncio.Task[None]:
    """A task that is cancelled in the turn in which it is given the only connection."""

    async def take() -> None:
        async with pool.connection():
            pass

    async with pool:
        held = await pool.getconn()
        task = asyncio.create_task(take())
        while not _waiting(pool):  # noqa: ASYNC110 (the very turn counts)
            await asyncio.sleep(0)
        given = asyncio.create_task(pool.putconn(held))
        while _waiting(pool):  # noqa: ASYNC110 (the very turn counts)
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task, given])
        async with pool.connection(timeout=5):  # it came back
            pass
    return task


async def test_a_task_that_is_cancelled_as_its_connection_comes_ends(postgres: DatabaseSettings) -> None:
    task = await wait_and_be_cancelled(CancellablePool(postgres.url, min_size=1, max_size=1, open=False))
    assert task.cancelled()


async def test_a_task_that_is_cancelled_as_no_connection_comes_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forget_and_fail(*_: object) -> None:
        with suppress(asyncio.CancelledError):  # as `asyncio.wait_for` does
            await asyncio.Event().wait()
        raise PoolTimeout

    monkeypatch.setattr(AsyncConnectionPool, "getconn", forget_and_fail)
    task = asyncio.create_task(CancellablePool("", open=False).getconn())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_cleaning_up_after_a_cancellation_can_still_use_the_database(postgres: DatabaseSettings) -> None:
    done = asyncio.Event()

    async def work(pool: Pool) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            async with pool.connection() as connection:
                await connection.execute("select 1")
            done.set()

    async with CancellablePool(postgres.url, min_size=1, max_size=1, open=False) as pool:
        task = asyncio.create_task(work(pool))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert done.is_set()
