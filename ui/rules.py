"""The access rules of a process that does not serve: those of the process that does."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg

from policies import LivePolicy, RulesInvalid, in_force
from ui.database import Pool
from ui.errors import RulesNotInForce
from ui.meanwhile import meanwhile

LOOK_S = 5.0  # between two looks at which rules are in force

_log = logging.getLogger(__name__)


@asynccontextmanager
async def following(policy: LivePolicy, pool: Pool, look_s: float = LOOK_S) -> AsyncIterator[None]:
    """Meanwhile read the folder of rules again whenever the serving process has taken others.

    Raises `RulesNotInForce` where some are in force and the folder has others, and `psycopg.Error`.
    """
    async with pool.connection() as connection:
        wanted = await in_force(connection)
    if wanted not in {"", policy.fingerprint} and not await _taken(policy, wanted):
        raise RulesNotInForce
    async with meanwhile(_look(policy, pool, look_s)):
        yield


async def _look(policy: LivePolicy, pool: Pool, look_s: float) -> None:
    told = ""
    while True:
        wanted = await _wanted(pool)
        if wanted not in {"", policy.fingerprint}:
            taken = await _taken(policy, wanted)
            if not taken and told != wanted:  # they may yet come, where folders are copied
                _log.warning("The rules in force (SHA-256 %s) are not those of this process's folder.", wanted)
            told = wanted
        await asyncio.sleep(look_s)


async def _wanted(pool: Pool) -> str:
    try:
        async with pool.connection() as connection:
            return await in_force(connection)
    except psycopg.Error as error:
        _log.warning("Which rules are in force is not known (%s).", type(error).__name__)
        return ""


async def _taken(policy: LivePolicy, wanted: str) -> bool:
    try:
        return await asyncio.to_thread(policy.reload, wanted)
    except RulesInvalid:
        return False
