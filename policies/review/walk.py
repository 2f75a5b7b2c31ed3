"""The records that filters let through, as a part of a statement that goes from block to block.

`deploy/migrations/0025_review.sql` says why that is fast.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

from policies.audit.ledger import Transaction
from policies.review.filters import Filters

# The records of these days (in Paris) lie between these two; nothing where there is none. What follows in the same
# transaction is over sooner than PostgreSQL has compiled it.
BOUNDS: LiteralString = """
select min(first), max(last), set_config('jit', 'off', true) from review_day
where (%(since)s::date is null or day >= %(since)s) and (%(until)s::date is null or day <= %(until)s)
"""

# The newest block first.
BLOCKS: LiteralString = "generate_series(%(high)s::bigint >> 15, %(low)s::bigint >> 15, -1) as block"

ALL: LiteralString = "review_terms(index, act, who, keys) @> review_wanted(block, %(required)s)"
ANY: LiteralString = "review_terms(index, act, who, keys) && review_wanted(block, %(alternatives)s)"
# The same without hashes, which two terms may share.
EXACTLY_ALL: LiteralString = "keys || array['act:' || act, 'who:' || who] @> %(required)s"
EXACTLY_ANY: LiteralString = "keys || array['act:' || act, 'who:' || who] && %(alternatives)s"
WHOLE_BLOCK: LiteralString = "index between block << 15 and (block << 15) + 32767"

SINCE: LiteralString = "at >= (%(since)s::date)::timestamp at time zone 'Europe/Paris'"
UNTIL: LiteralString = "at < (%(until)s::date + 1)::timestamp at time zone 'Europe/Paris'"


@dataclass(frozen=True, slots=True)
class Walk:
    """`from … where …` over one `block` of `BLOCKS`, what tells whether a record is truly one, and the values."""

    found: LiteralString
    exact: LiteralString
    values: dict[str, Any]


async def walk(connection: Transaction, filters: Filters, before: int | None = None) -> Walk | None:
    """What the filters let through with an index below `before`; None where no record is of these days."""
    days = {"since": filters.since, "until": filters.until}
    row = await (await connection.execute(BOUNDS, days)).fetchone()
    low, high, _ = row or (None, None, None)
    if low is None or high is None:
        return None
    required, alternatives = filters.required, filters.alternatives
    found = _all(
        (ALL, required),
        (ANY, alternatives),
        (WHOLE_BLOCK, not (required or alternatives)),
        (SINCE, filters.since),
        (UNTIL, filters.until),
    )
    return Walk(
        # `index + 0` keeps the planner from walking the primary key through all records in search of rare ones.
        f"from review_record where {found} and index + 0 between %(low)s and %(high)s",
        _all((EXACTLY_ALL, required), (EXACTLY_ANY, alternatives)),
        days
        | {"low": low, "high": high if before is None else min(high, before - 1)}
        | {"required": required, "alternatives": alternatives},
    )


def _all(*conditions: tuple[LiteralString, object]) -> LiteralString:
    """Those that are needed, joined."""
    return " and ".join(condition for condition, needed in conditions if needed) or "true"
