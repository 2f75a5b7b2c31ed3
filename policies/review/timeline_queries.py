"""The statements by which the register is read back."""

from typing import LiteralString

from policies.review.walk import BLOCKS


def newest(found: LiteralString, exact: LiteralString) -> LiteralString:
    """The newest records, the newest first: block by block, until there are enough of them."""
    return f"""
select index, {exact} from {BLOCKS}
cross join lateral (
    select index, act, who, keys {found} order by index + 0 desc limit %(size)s
) as page
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
