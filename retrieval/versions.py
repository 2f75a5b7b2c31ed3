"""The versions of a document: which there are, and whether their texts may be read."""

import datetime as dt
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from retrieval.rows import Connection, all_rows

# The last decision about a version counts; what waits, and what was refused, has no text for anybody.
VERSIONS: LiteralString = """
select v.version, v.received_at, v.title, q.id is null or q.decision = 'released' as readable,
    coalesce(q.decision, case when q.id is null then '' else 'waiting' end) as decision,
    q.decided_at, coalesce(q.reason, '') as reason
from document_version v
left join lateral (
    select id, decision, decided_at, reason from quarantine q
    where q.collection_id = v.collection_id and q.document_id = v.document_id and q.version = v.version
    order by q.id desc limit 1
) q on true
where v.collection_id = %s and v.document_id = %s
order by v.version desc
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One version; `decision` is what a person decided about it (`released`, `refused`, `withdrawn`), or `waiting`.

    Without `readable` its title stands for nothing.
    """

    version: int
    received_at: dt.datetime
    title: str
    readable: bool
    decision: str
    decided_at: dt.datetime | None
    reason: str


async def versions_of(connection: Connection, collection_id: UUID, document_id: str) -> list[Version]:
    """The newest first."""
    return [Version(**row) for row in await all_rows(connection, VERSIONS, [collection_id, document_id])]
