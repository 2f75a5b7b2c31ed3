"""Which answers stood on a document, in numbers: never a question, an answer's text or a name."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from policies.review.citing import CitingDay, citing_days
from retrieval.rows import Pool, one_row

# Of conversations that are kept.
RATED: LiteralString = """
select count(*) filter (where useful) as useful, count(*) filter (where not useful) as useless
from exchange where useful is not null and reply -> 'sources' @> %s
"""


@dataclass(frozen=True, slots=True)
class Citing:
    """`days` are those on which answers cited it; the ratings are those of conversations that are still kept."""

    days: Sequence[CitingDay]
    useful: int
    useless: int

    @property
    def answers(self) -> int:
        return sum(day.answers for day in self.days)

    @property
    def unsupported(self) -> int:
        """How many of the answers had sentences that no passage bears out."""
        return sum(day.unsupported for day in self.days)


async def citing(pool: Pool, collection_id: UUID, document_id: str, since: dt.date) -> Citing:
    """For whoever may know of the document already."""
    cited = Jsonb([{"collection_id": str(collection_id), "document_id": document_id}])
    async with pool.connection() as connection:
        row = await one_row(connection, RATED, [cited])
        days = await citing_days(connection, str(collection_id), document_id, since)
    return Citing(days, row["useful"] if row else 0, row["useless"] if row else 0)
