"""What a session costs each request, among 5,000, against the bare look-up of its row.

Both sides take the same sessions in turns. Keycloak answers at once here: `check_ms` is our own part of
asking it, which a session does every 20 s; `use_ms` is every other request.
"""

import datetime as dt
import hashlib
import random
import shutil
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from policies.audit.postgres import PostgresLedger
from retrieval.metrics import percentile
from tests.ui.sign_in.scripted_keycloak import Clock, ScriptedKeycloak
from ui.database import DatabaseSettings, Pool, open_database
from ui.home import own
from ui.sign_in.session_table import SELECT
from ui.sign_in.sessions import Sessions, SessionSettings

SESSIONS = 5_000
WARM_UP = 50
USED = 1_000
SEED = 2026

SETTINGS = SessionSettings(idle=dt.timedelta(hours=1), absolute=dt.timedelta(hours=8), key=bytes(32))


async def measure(evaluation: Path, home: Path) -> dict[str, Any]:
    """Milliseconds; `ratio_p50` and `ratio_p95` are `use` over the bare look-up."""
    place = home / "sessions"
    shutil.rmtree(place, ignore_errors=True)
    with own(place):
        async with open_database(DatabaseSettings(folder=place / "postgres")) as pool:
            figures = await _figures(pool)
    shutil.rmtree(place, ignore_errors=True)
    return figures


async def _figures(pool: Pool) -> dict[str, Any]:
    clock = Clock()
    keycloak = ScriptedKeycloak(clock)
    sessions = Sessions(pool, PostgresLedger(), keycloak, SETTINGS, clock)
    cookies = [await sessions.start(keycloak.sign_in()) for _ in range(SESSIONS)]
    drawn = random.Random(SEED).sample(cookies, WARM_UP + USED)  # noqa: S311
    bare: list[float] = []
    use: list[float] = []
    for cookie in drawn:
        bare.append(await _milliseconds(_bare(pool, cookie)))
        use.append(await _milliseconds(sessions.use(cookie)))
    clock.forward(seconds=SETTINGS.recheck.total_seconds())
    check = [await _milliseconds(sessions.use(cookie)) for cookie in drawn]
    figures = {
        f"{side}_ms_p{share}": percentile(values[WARM_UP:], share / 100)
        for side, values in (("use", use), ("bare", bare), ("check", check))
        for share in (50, 95)
    }
    return {
        "sessions": SESSIONS,
        "uses": USED,
        **figures,
        "ratio_p50": figures["use_ms_p50"] / figures["bare_ms_p50"],
        "ratio_p95": figures["use_ms_p95"] / figures["bare_ms_p95"],
    }


async def _bare(pool: Pool, cookie: str) -> None:
    async with pool.connection() as connection:
        await (await connection.execute(SELECT, {"key": hashlib.sha256(cookie.encode()).digest()})).fetchone()


async def _milliseconds(call: Awaitable[object]) -> float:
    started = time.perf_counter()
    await call
    return (time.perf_counter() - started) * 1000
