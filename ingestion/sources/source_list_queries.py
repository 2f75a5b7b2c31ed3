"""Queries about sources of many collections, with how their latest synchronisation is."""

from typing import LiteralString

from ingestion.sources.queries import SOURCES

# The sources of these collections; where a state is null, it narrows nothing.
_NARROWED: LiteralString = f"""
from ({SOURCES} where collection_id = any(%(collections)s)) s
join collection c on c.id = s.collection_id
where %(state)s::text is null or s.state = %(state)s
"""

# What wants somebody's eye comes first.
_PRESSING: LiteralString = "array_position(array['running', 'asked', 'failed', 'never', 'done'], s.state)"


def page(order: LiteralString, *, descending: bool) -> LiteralString:
    """One page, in one of the orders below; the latest first among equals."""
    way: LiteralString = "desc nulls last" if descending else "asc nulls first"
    return f"""
select s.*, c.name as collection, c.paused {_NARROWED}
order by {order} {way}, s.synced_at desc nulls last, s.name_key limit %(limit)s offset %(offset)s
"""


STATE: LiteralString = _PRESSING
ENDED: LiteralString = "s.synced_at"
COLLECTION: LiteralString = "c.name_key"
NAME: LiteralString = "s.name_key"

COUNT: LiteralString = f"select count(*) from (select {_NARROWED} limit %(most)s) counted"  # noqa: S608
