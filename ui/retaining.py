"""Retention at work: each night what is past its time goes, and all day the texts of conversations that are gone."""

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import LiteralString

import psycopg

from assistant.expiry import Expired, Expiry
from policies import Ledger, PolicyError, Purging, Retention, read_retention
from policies.audit.purge import Due
from policies.retention import RETENTION
from policies.review.alarms import NIGHT, PARIS
from policies.review.erasing import Erasing
from policies.review.projection import Projection
from policies.review.pseudonyms import Pseudonyms
from retrieval import Emptying
from ui.database import Pool
from ui.database_roles import as_owner
from ui.identity import service_principal
from ui.settings import Settings

EVERY_S = 30.0

SWEPT: LiteralString = "select 1 from retention_sweep where day >= %s"
SWEEP_DONE: LiteralString = """
insert into retention_sweep (day) values (%s) on conflict (one) do update set day = excluded.day
"""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Applied:
    """How many of each went."""

    conversations: int
    texts: int
    records: int
    collections: int


@dataclass(frozen=True, slots=True)
class Retaining:
    """Applies the file of retention."""

    pool: Pool
    retention: Retention
    expiry: Expiry
    erasing: Erasing
    purging: Purging
    emptying: Emptying
    projection: Projection
    now: Callable[[], dt.datetime] = field(default=partial(dt.datetime.now, dt.UTC))

    async def due(self) -> tuple[list[Expired], Due, Due, Due]:
        """The conversations, the texts, the records and the collections in the bin that are past their time.

        Raises `LedgerUnavailable`.
        """
        await self.projection.catch_up()
        return [*await self.expiry.due()], *await self.purging.due(), await self.emptying.due(self.now())

    async def apply(self) -> Applied:
        """Let go what nothing keeps. Raises `LedgerUnavailable`."""
        await self.projection.catch_up()
        conversations = await self.expiry.apply()
        texts = await self.erasing.of_gone() + await self.purging.texts()
        records = await self.purging.records()
        collections = await self.emptying.apply(self.now())
        await self.projection.catch_up()
        return Applied(conversations, texts, records, collections)

    async def watch(self, every_s: float = EVERY_S) -> None:
        """Do so once a night; where the database is away, later."""
        while True:
            try:
                await self.erasing.of_gone()
                await self.sweep()
            except (psycopg.Error, PolicyError, OSError) as error:
                _log.warning("Retention is not applied for now (%s): %s", type(error).__name__, error)
            await asyncio.sleep(every_s)

    async def sweep(self) -> Applied | None:
        """The night's sweep, where it is due."""
        now = self.now().astimezone(PARIS)
        if now.time() < NIGHT:
            return None
        async with self.pool.connection() as connection:
            if await (await connection.execute(SWEPT, [now.date()])).fetchone():
                return None
        applied = await self.apply()
        async with self.pool.connection() as connection:
            await connection.execute(SWEEP_DONE, [now.date()])
        return applied


def retention_of(settings: Settings) -> Retention:
    """The times that the settings name. Raises `RetentionInvalid`."""
    return read_retention(settings.retention or RETENTION)


def retaining_of(
    settings: Settings, pool: Pool, ledger: Ledger, projection: Projection, pseudonyms: Pseudonyms
) -> Retaining:
    """What applies them in this process. Raises `RetentionInvalid`."""
    retention, principal = retention_of(settings), service_principal()
    return Retaining(
        pool=pool,
        retention=retention,
        expiry=Expiry(pool, ledger, pseudonyms, retention.conversations, principal),
        erasing=Erasing(pool, ledger, projection, principal),
        purging=Purging(pool, partial(as_owner, pool, settings.postgres_owner), ledger, retention, principal),
        emptying=Emptying(pool, ledger, principal),
        projection=projection,
    )
