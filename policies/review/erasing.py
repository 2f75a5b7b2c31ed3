"""Erasing the texts that the ledger keeps apart, where what they belong to is gone; the records stay.

Invariants:
1. Texts that a legal hold keeps stay until it is released.
2. What auditors wrote about others (reasons, notes) is no text of those others and stays.
3. What went is recorded in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger, Transaction
from policies.audit.purge import HOLDS_STAND
from policies.principal import Principal
from policies.review.projection import Projection

ERASE_KEYED: LiteralString = """
delete from ledger_content using review_keyed(%(keys)s::text[]) as found
where record = found.index and not is_of_auditors(found.act) and not ledger_held(record)
returning record
"""

ERASE_BY: LiteralString = """
delete from ledger_content using review_record as found
where record = found.index and who = %(who)s and not is_of_auditors(act) and not ledger_held(record)
returning record
"""

KEPT_KEYED: LiteralString = """
select count(*) from ledger_content join review_keyed(%(keys)s::text[]) as found on record = found.index
where not is_of_auditors(found.act)
"""

GONE: LiteralString = "select conversation_id from conversation_gone order by since"

# An answer that was on its way when its conversation went is recorded soon after.
SETTLED: LiteralString = """
delete from conversation_gone where conversation_id = any(%s) and since < now() - interval '1 day'
"""

AT_ONCE = 100  # conversations

Pool = AsyncConnectionPool[AsyncConnection[Any]]


@dataclass(frozen=True, slots=True)
class Erasing:
    """Erases for `principal` what conversations that are gone have left in the ledger."""

    pool: Pool
    ledger: Ledger
    projection: Projection
    principal: Principal

    async def of_gone(self) -> int:
        """Erase their texts; gives how many. Raises `LedgerUnavailable`, `psycopg.Error`."""
        async with self.pool.connection() as connection:
            gone: list[UUID] = [one for (one,) in await (await connection.execute(GONE)).fetchall()]
        if not gone:
            return 0
        await self.projection.catch_up()
        erased = 0
        for start in range(0, len(gone), AT_ONCE):
            erased += await self._of(gone[start : start + AT_ONCE])
        return erased

    async def _of(self, conversations: Sequence[UUID]) -> int:
        keys = {"keys": [f"conversation:{one}" for one in conversations]}
        async with self.pool.connection() as connection:
            await connection.execute(HOLDS_STAND)
            records = await erased_records(connection, ERASE_KEYED, keys)
            kept = await (await connection.execute(KEPT_KEYED, keys)).fetchone()
            if not (kept and kept[0]):  # else tried again: a hold may be released
                await connection.execute(SETTLED, [[*conversations]])
            if records:
                details: dict[str, Json] = {
                    "from": min(records),
                    "to": max(records) + 1,
                    "records": len({*records}),
                    "texts": len(records),
                    "rule": "conversation.deleted",
                }
                await self.ledger.append(connection, Event(Act.CONTENT_PURGED, self.principal, details))
        return len(records)


async def erased_records(transaction: Transaction, query: LiteralString, values: dict[str, Any]) -> list[int]:
    """Of each text that went, the index of its record."""
    return [record for (record,) in await (await transaction.execute(query, values)).fetchall()]
