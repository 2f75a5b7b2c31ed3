"""The statements that make the tables of the review out of the ledger (`deploy/migrations/0025_review.sql`)."""

from typing import LiteralString

# One process reads at a time; the others wait for its batch to end.
LOCK: LiteralString = "select pg_advisory_xact_lock(2026, 25)"

HEAD: LiteralString = "select next, scheme from review_head"

PUT_HEAD: LiteralString = """
insert into review_head (next, scheme) values (%(next)s, %(scheme)s)
on conflict (one) do update set next = excluded.next, scheme = excluded.scheme
"""

START_OVER: LiteralString = "select review_start_over()"

UNREAD: LiteralString = "select index, at, body from ledger_record where index >= %s order by index limit %s"

# How many records the ledger has that were not read yet.
BEHIND: LiteralString = """
select coalesce((select size from ledger_head), 0) - coalesce((select next from review_head), 0)
"""

COPY: LiteralString = "copy review_record (index, at, act, who, keys) from stdin (format binary)"

COLUMNS = ("int8", "timestamptz", "text", "text", "text[]")

SETTLE: LiteralString = "select review_settle()"

PUT_DAYS: LiteralString = """
insert into review_day as held (day, first, last)
select (at at time zone 'Europe/Paris')::date, min(index), max(index) from review_record where index >= %s group by 1
on conflict (day) do update
set first = least(held.first, excluded.first), last = greatest(held.last, excluded.last)
"""

PUT_USE: LiteralString = """
with fresh as (
    select (at at time zone 'Europe/Paris')::date as day, act, keys from review_record where index >= %s
)
insert into review_use as held (day, act, collection, count)
select day, act, '', count(*) from fresh group by 1, 2
union all
select day, act, substr(key, length('collection:') + 1), count(*)
from fresh, unnest(keys) as key where starts_with(key, 'collection:') group by 1, 2, 3
on conflict (day, act, collection) do update set count = held.count + excluded.count
"""

# What was purged between two indexes is what the ledger does not have any more.
FORGET: LiteralString = """
delete from review_record as held
where held.index between %s and %s and not exists (select from ledger_record as record where record.index = held.index)
"""

COUNT: LiteralString = "select count(*) from review_record"
