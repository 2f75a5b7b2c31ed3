"""What tests see of sessions: the limits that they set, the rows, the records, and that one has ended."""

import datetime as dt
import json
from typing import Any

import pytest
from psycopg.rows import dict_row

from policies.audit.postgres import PostgresLedger
from policies.principal import Principal, Role
from ui.database import Pool
from ui.errors import SessionEnded
from ui.sign_in.sessions import Sessions, SessionSettings

SETTINGS = SessionSettings(idle=dt.timedelta(minutes=30), absolute=dt.timedelta(hours=10), key=bytes(32))
RECHECK = SETTINGS.recheck.total_seconds()
OTHER = Principal("s-autre", "autre", frozenset(), frozenset({Role.AGENT}))


async def rows(pool: Pool) -> list[dict[str, Any]]:
    """The sessions as the table has them."""
    async with pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
        return await (await cursor.execute("select * from session")).fetchall()


async def records(pool: Pool, ledger: PostgresLedger) -> list[tuple[str, str, str]]:
    """Act, person and reason of each record."""
    async with pool.connection() as connection:
        bodies = [json.loads(record.body) async for record in ledger.records(connection)]
    return [(body["act"], body["principal"]["username"], body["details"].get("reason", "")) for body in bodies]


async def assert_ended(sessions: Sessions, cookie: str) -> str:
    """That nobody can use the session any more; gives the sentence that says so."""
    with pytest.raises(SessionEnded) as ended:
        await sessions.use(cookie)
    return str(ended.value)
