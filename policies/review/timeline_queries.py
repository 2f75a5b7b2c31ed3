"""The statements by which the register is read back (`deploy/migrations/0025_review.sql` says why they are fast)."""

from typing import LiteralString

# The records of these days (in Paris) lie between these two; nothing where there is none. What follows in the same
# transaction is over sooner than PostgreSQL has compiled it.
BOUNDS: LiteralString = """
select min(first), max(last), set_config('jit', 'off', true) from review_day
where (%(since)s::date is null or day >= %(since)s) and (%(until)s::date is null or day <= %(until)s)
"""

ALL: LiteralString = "review_terms(index, act, who, keys) @> review_wanted(block, %(required)s)"
ANY: LiteralString = "review_terms(index, act, who, keys) && review_wanted(block, %(alternatives)s)"
WHOLE_BLOCK: LiteralString = "index between block << 15 and (block << 15) + 32767"

SINCE: LiteralString = "at >= (%(since)s::date)::timestamp at time zone 'Europe/Paris'"
UNTIL: LiteralString = "at < (%(until)s::date + 1)::timestamp at time zone 'Europe/Paris'"


def found(*, required: bool, alternatives: bool, since: bool, until: bool) -> LiteralString:
    """Which records of a block there are, for a statement that goes from block to block.

    `index + 0` keeps the planner from walking the primary key through all records in search of rare ones.
    """
    terms = ((ALL, required), (ANY, alternatives), (WHOLE_BLOCK, not (required or alternatives)))
    days = ((SINCE, since), (UNTIL, until))
    conditions = " and ".join(condition for condition, needed in (*terms, *days) if needed)
    return f"from review_record where {conditions} and index + 0 between %(low)s and %(high)s"


def newest(found: LiteralString) -> LiteralString:
    """The newest records, the newest first: block by block, until there are enough of them."""
    return f"""
select page.index from generate_series(%(high)s::bigint >> 15, %(low)s::bigint >> 15, -1) as block
cross join lateral (select index {found} order by index + 0 desc limit %(size)s) as page
limit %(size)s
"""  # noqa: S608 - literals alone


BODIES: LiteralString = "select index, at, body from ledger_record where index = any(%s) order by index desc"

# What stands right before and after a record in the ledger, which may have been purged between them.
AROUND: LiteralString = """
(select index from ledger_record where index < %(index)s order by index desc limit %(size)s)
union all
(select index from ledger_record where index > %(index)s order by index limit %(size)s)
"""

# What the same person did right before and after.
AROUND_PERSON: LiteralString = """
(select index from review_record where who = %(who)s and index < %(index)s order by index desc limit %(size)s)
union all
(select index from review_record where who = %(who)s and index > %(index)s order by index limit %(size)s)
"""
