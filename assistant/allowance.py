"""How many questions a person may ask within an hour, by role, over all processes."""

import datetime as dt
from collections.abc import Mapping
from typing import LiteralString

from assistant.errors import TooManyQuestions
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal, Role
from retrieval.rows import Connection, Pool, one_row

# One question of a person after the other: each is counted before the next is looked at.
LOCK: LiteralString = "select pg_advisory_xact_lock(hashtextextended('asked_lately:' || %s, 0))"

# Of everybody, so that nothing stays of who never asks again; rows that somebody else is deleting are left to them.
FORGET: LiteralString = """
delete from asked_lately where ctid = any(array(
    select ctid from asked_lately where at <= clock_timestamp() - interval '1 hour' for update skip locked
))
"""

# When the question will be an hour old that keeps the next one from being asked; no row: none does.
NEXT_AT: LiteralString = """
select at + interval '1 hour' as next from asked_lately
where subject = %(subject)s and at > clock_timestamp() - interval '1 hour'
order by at desc offset %(limit)s - 1 limit 1
"""

COUNT: LiteralString = "insert into asked_lately (subject) values (%(subject)s)"


class Allowance:
    """`limits` are questions within any hour; a role without one, or with 0, has no limit.

    Of several roles the most generous counts.
    """

    def __init__(self, pool: Pool, ledger: Ledger, limits: Mapping[Role, int]) -> None:
        self._pool = pool
        self._ledger = ledger
        self._limits = limits

    async def spend(self, principal: Principal) -> None:
        """Count one more question. Raises `TooManyQuestions`, which is recorded first, and `LedgerUnavailable`."""
        limit = self.limit(principal)
        if not limit:
            return
        async with self._pool.connection() as connection:
            until = await _counted(connection, principal.subject, limit)
            if until is not None:
                details: dict[str, Json] = {"action": "ask", "reason": "questions-per-hour", "limit": limit}
                await self._ledger.append(connection, Event(Act.REFUSED, principal, details))
        if until is not None:
            raise TooManyQuestions(limit, until)

    def limit(self, principal: Principal) -> int:
        """Questions within an hour; 0 means as many as the person likes."""
        limits = [self._limits.get(role, 0) for role in principal.roles]
        return max(limits, default=0) if all(limits) else 0


async def _counted(connection: Connection, subject: str, limit: int) -> dt.datetime | None:
    """Count a question, unless there were so many; then nothing is counted, and it tells until when that holds."""
    values = {"subject": subject, "limit": limit}
    await connection.execute(LOCK, [subject])
    await connection.execute(FORGET)
    if row := await one_row(connection, NEXT_AT, values):
        next_at: dt.datetime = row["next"]
        return next_at
    await connection.execute(COUNT, values)
    return None
