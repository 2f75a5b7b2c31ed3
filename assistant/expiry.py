"""Conversations end some months after their last question: the ministry's time, or less where a collection on which
their answers stand, or their owner, asks for less.

Invariants:
1. The shortest time holds; a legal hold keeps a conversation past it.
2. A conversation goes with its files in the transaction that records it (`deploy/migrations/0018_attachments.sql`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from policies.audit.clock import Clock, system_clock
from policies.audit.event import Act, Event, Json
from policies.audit.ledger import Ledger
from policies.principal import Principal
from policies.retention import months_before
from policies.review.kept_conversations import is_kept
from policies.review.pseudonyms import Pseudonyms
from retrieval.rows import Connection, Pool, all_rows, one_row

DUE: LiteralString = """
select id, owner, updated_at from conversation
left join conversation_choice as choice using (owner)
cross join lateral (
    select min(collection.conversation_months) as months
    from exchange
    cross join lateral jsonb_array_elements(coalesce(reply -> 'sources', '[]')) as source
    join collection on collection.id = (source ->> 'collection_id')::uuid
    where exchange.conversation_id = conversation.id
) as asked
where updated_at < %(latest)s
    and updated_at < %(now)s - make_interval(months => least(%(months)s, choice.months, asked.months)::int)
order by updated_at, id
"""

DELETE: LiteralString = """
delete from conversation where id = %(id)s and updated_at = %(updated_at)s
returning (select count(*) from exchange where conversation_id = conversation.id) as exchanges, (
    select count(*) from attachment join collection on collection.id = collection_id
    where collection.conversation_id = conversation.id
) as files
"""

CHOOSE: LiteralString = """
insert into conversation_choice (owner, months) values (%(owner)s, %(months)s)
on conflict (owner) do update set months = excluded.months
"""
UNCHOOSE: LiteralString = "delete from conversation_choice where owner = %(owner)s"
CHOSEN: LiteralString = "select months from conversation_choice where owner = %(owner)s"


@dataclass(frozen=True, slots=True)
class Expired:
    """A conversation that is past its time; `kept` by a hold."""

    id: UUID
    owner: str
    updated_at: dt.datetime
    kept: bool


@dataclass(frozen=True, slots=True)
class Expiry:
    """Ends conversations for `principal`; the ministry keeps them `months`."""

    pool: Pool
    ledger: Ledger
    pseudonyms: Pseudonyms
    months: int
    principal: Principal
    clock: Clock = system_clock

    async def due(self) -> Sequence[Expired]:
        """Those that are past their time, the oldest first; the review is to have read the ledger before."""
        now = self.clock()
        values = {"now": now, "latest": months_before(now, 1), "months": self.months}
        async with self.pool.connection() as connection:
            rows = await all_rows(connection, DUE, values)
            return [
                Expired(**row, kept=await is_kept(connection, self.pseudonyms, row["id"], row["owner"])) for row in rows
            ]

    async def apply(self) -> int:
        """Delete those that nothing keeps; gives how many. Raises `LedgerUnavailable`."""
        return sum([await self._delete(one) for one in await self.due() if not one.kept])

    async def chosen(self, person: Principal) -> int | None:
        """How many months that person has chosen."""
        async with self.pool.connection() as connection:
            return await _chosen(connection, person)

    async def choose(self, person: Principal, months: int | None) -> None:
        """Keep that person's conversations so many months, or as long as the ministry does. Recorded."""
        values = {"owner": person.subject, "months": months}
        async with self.pool.connection() as connection:
            before = await _chosen(connection, person)
            await connection.execute(UNCHOOSE if months is None else CHOOSE, values)
            details: dict[str, Json] = {"months": months, "before": before}
            await self.ledger.append(connection, Event(Act.RETENTION_SET, person, details))

    async def _delete(self, one: Expired) -> bool:
        async with self.pool.connection() as connection:
            deleted = await one_row(connection, DELETE, {"id": one.id, "updated_at": one.updated_at})
            if deleted is None:  # a question was asked in it meanwhile
                return False
            details: dict[str, Json] = {"conversation": str(one.id), "reason": "retention", **deleted}
            await self.ledger.append(connection, Event(Act.CONVERSATION_DELETED, self.principal, details))
        return True


async def _chosen(connection: Connection, person: Principal) -> int | None:
    row = await one_row(connection, CHOSEN, {"owner": person.subject})
    return None if row is None else int(row["months"])
