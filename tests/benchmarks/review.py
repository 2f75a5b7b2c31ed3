"""The review over a big ledger: how fast it is read, how long a page, a proof and a chart take.

`REVIEW_RECORDS` says how many records there are (10 million unless told). They are made of a few thousand bodies of
real shape, each with a person and an exchange of its own, and copied into the tables, as reading them one by one
would take half an hour; `reading` is measured on the last of them. Pages are narrowed as an auditor would narrow them,
by what some record has, most often by two or three things at once, and each is recorded.
"""

import datetime as dt
import os
import random
import shutil
import time
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

from policies import Act, Event, PostgresLedger, Principal, Role, Tree
from policies.audit.kinds import Kind
from policies.review import usage
from policies.review.filters import Filters
from policies.review.projection import Projection
from policies.review.seen import who_saw
from policies.review.timeline import Timeline
from retrieval.metrics import percentile
from tests.benchmarks.recorded import PSEUDONYMS, day_of, fill, unread
from ui.database import DatabaseSettings, Pool, open_database
from ui.home import own

RECORDS = int(os.environ.get("REVIEW_RECORDS", 10_000_000))
READ = 50_000
DRAWN = 300
FEW = 60
WARM_UP = 30
SEED = 2026
AUDITOR = Principal("s-auditor", "auditor", frozenset(), frozenset({Role.AUDITEUR}), "192.0.2.1")
PERIODS = (None, None, 1, 7, 30, 90)  # days


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds, and records a second."""
    place = home / "review"
    shutil.rmtree(place, ignore_errors=True)
    with own(place):
        async with open_database(DatabaseSettings(folder=place / "postgres")) as pool:
            figures = await _figures(pool)
    shutil.rmtree(place, ignore_errors=True)
    return figures


async def _figures(pool: Pool) -> dict[str, Any]:
    filled = await _seconds(fill(pool, RECORDS - READ))
    projection = Projection(pool, PSEUDONYMS)
    await unread(pool, RECORDS - READ, RECORDS)
    reading = await _seconds(projection.catch_up())
    draw = random.Random(SEED)  # noqa: S311
    pages = _Pages(pool, projection, draw)
    for _ in range(WARM_UP):
        await pages.page()
    page = [await pages.page() for _ in range(DRAWN)]
    hashing = await _seconds(_integrate(pool))
    return {
        "records": RECORDS,
        "made_seconds": filled,
        "read_per_second": READ / reading,
        **_shares("page", page),
        "page_ms_max": max(page),
        "pages_empty": pages.empty,
        **_shares("record", [await pages.record() for _ in range(FEW)]),
        **_shares("who_saw", [await pages.who_saw() for _ in range(FEW)]),
        **_shares("usage", [await pages.usage() for _ in range(FEW)]),
        "hashed_per_second": RECORDS / hashing,
        **_shares("proof", [await pages.proof() for _ in range(FEW)]),
    }


class _Pages:
    """What an auditor opens; each call is another draw, and gives the milliseconds that it took."""

    def __init__(self, pool: Pool, projection: Projection, draw: random.Random) -> None:
        self.empty = 0
        self._pool = pool
        self._projection = projection
        self._draw = draw
        self._timeline = Timeline(PSEUDONYMS)
        self._ledger = PostgresLedger()

    async def page(self) -> float:
        """A page of the register."""
        filters, before = await self._filters()
        started = time.perf_counter()
        await self._projection.catch_up(1000)
        async with self._pool.connection() as connection:
            page = await self._timeline.page(connection, filters, before)
            await self._ledger.append(connection, Event(Act.REVIEW_OPENED, AUDITOR, {"entries": len(page.entries)}))
        self.empty += not page.entries
        return _since(started)

    async def record(self) -> float:
        """A record with its neighbours, and all of the exchange that it belongs to."""
        index = self._draw.randrange(RECORDS)
        started = time.perf_counter()
        async with self._pool.connection() as connection:
            entry = await self._timeline.entry(connection, index)
            await self._timeline.neighbours(connection, entry)
            for exchange in entry.named(Kind.EXCHANGE)[:1]:
                await self._timeline.page(connection, Filters(exchange=exchange))
        return _since(started)

    async def who_saw(self) -> float:
        """Who was given a document in the last ninety days."""
        async with self._pool.connection() as connection:
            texts: Sequence[Any] = ()
            while not texts:
                texts = (await self._timeline.entry(connection, self._draw.randrange(RECORDS))).texts
            text = self._draw.choice(texts)
            started = time.perf_counter()
            await who_saw(connection, text.collection, text.document, since=day_of(RECORDS) - dt.timedelta(days=90))
        return _since(started)

    async def usage(self) -> float:
        """The charts of a year."""
        period = usage.Period(day_of(0), day_of(RECORDS))
        started = time.perf_counter()
        async with self._pool.connection() as connection:
            await usage.by_day(connection, period)
            await usage.by_act(connection, period)
            await usage.by_collection(connection, period)
        return _since(started)

    async def proof(self) -> float:
        """That a record is in the tree."""
        started = time.perf_counter()
        async with self._pool.connection() as connection:
            await Tree().inclusion(connection, self._draw.randrange(RECORDS), RECORDS)
        return _since(started)

    async def _filters(self) -> tuple[Filters, int | None]:
        """Up to three things that some record has, or that two records have; often a period, sometimes further back."""
        draw = self._draw
        async with self._pool.connection() as connection:
            one, other = [await self._timeline.entry(connection, draw.randrange(RECORDS)) for _ in range(2)]
        texts = one.texts
        had: dict[str, Any] = {
            "who": one.who,
            "acts": (one.act,) if draw.random() < 0.7 else (one.act, other.act, Act.REFUSED.value),
            "collection": texts[0].collection if texts else "",
            "document": texts[0].document if texts else "",
            "exchange": next(iter(one.named(Kind.EXCHANGE)), ""),
            "origin": one.origin,
            "decision": next(iter(one.named(Kind.DECISION)), ""),
            "flag": draw.choice(["refused", "unsupported", "suspicious", ""]),
            "words": next(iter(one.named(Kind.COLLECTION_NAME)), ""),
        }
        if draw.random() < 0.2:  # things that may never meet
            had |= {"who": other.who, "acts": (other.act,)}
        chosen = draw.sample(sorted(had), draw.choice([0, 1, 1, 2, 2, 3]))
        days = draw.choice(PERIODS)
        period: dict[str, Any] = (
            {} if days is None else {"since": one.at.date() - dt.timedelta(days=days), "until": one.at.date()}
        )
        before = draw.randrange(RECORDS) if draw.random() < 0.2 else None
        return Filters(**{name: had[name] for name in chosen}, **period), before


async def _integrate(pool: Pool) -> None:
    async with pool.connection() as connection:
        await Tree().integrate(connection)


def _shares(name: str, spent: Sequence[float]) -> dict[str, float]:
    return {f"{name}_ms_p{share}": percentile(spent, share / 100) for share in (50, 95)}


def _since(started: float) -> float:
    """Milliseconds."""
    return (time.perf_counter() - started) * 1000


async def _seconds(call: Awaitable[object]) -> float:
    started = time.perf_counter()
    await call
    return time.perf_counter() - started
