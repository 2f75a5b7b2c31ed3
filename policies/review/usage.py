"""How much was done on each day, of what, with which collections: counts alone, for charts. Costs O(days)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from policies.audit.ledger import Transaction
from policies.review.rows import rows_of

# Days on which nothing was done are counted too.
BY_DAY: LiteralString = """
select every::date as day, coalesce(sum(count), 0)::bigint as count
from generate_series(%(since)s::date, %(until)s::date, interval '1 day') as every
left join review_use on day = every::date and collection = %(collection)s
    and (%(acts)s::text[] is null or act = any(%(acts)s))
group by 1 order by 1
"""

BY_ACT: LiteralString = """
select act as name, sum(count)::bigint as count from review_use
where day between %(since)s and %(until)s and collection = %(collection)s
group by 1 order by 2 desc, 1
"""

BY_COLLECTION: LiteralString = """
select collection as name, sum(count)::bigint as count from review_use
where day between %(since)s and %(until)s and collection <> '' and (%(acts)s::text[] is null or act = any(%(acts)s))
group by 1 order by 2 desc, 1
"""


@dataclass(frozen=True, slots=True)
class Day:
    """How many acts there were on a day, in Paris."""

    day: dt.date
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many acts there were of that name, or with that collection."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both in it."""

    since: dt.date
    until: dt.date


async def by_day(connection: Transaction, period: Period, acts: Sequence[str] = (), collection: str = "") -> list[Day]:
    """Every day of the period with its acts; those of these names, or with that collection, where any is given."""
    return await rows_of(connection, Day, BY_DAY, _values(period, acts, collection))


async def by_act(connection: Transaction, period: Period, collection: str = "") -> list[Counted]:
    """The acts of the period, the most frequent first; those with that collection, where one is given."""
    return await rows_of(connection, Counted, BY_ACT, _values(period, (), collection))


async def by_collection(connection: Transaction, period: Period, acts: Sequence[str] = ()) -> list[Counted]:
    """The collections that acts of the period named, by identifier, the most frequent first.

    An act that named several counts for each.
    """
    return await rows_of(connection, Counted, BY_COLLECTION, _values(period, acts, ""))


def _values(period: Period, acts: Sequence[str], collection: str) -> dict[str, object]:
    return {"since": period.since, "until": period.until, "acts": [*acts] or None, "collection": collection}
