"""All SQL of alerts."""

from typing import LiteralString

# One process looks at a time; the others come back later.
TRY_LOCK: LiteralString = "select pg_try_advisory_xact_lock(2026, 29)"

HEAD: LiteralString = "select next from review_alert_head"

PUT_HEAD: LiteralString = """
insert into review_alert_head (next) values (%s) on conflict (one) do update set next = excluded.next
"""

# Where to begin in a register that was there before: at the first record of that day.
FIRST_OF_DAY: LiteralString = "select min(first) from review_day where day >= %s"

# Where the register of the review ends.
END: LiteralString = "select coalesce((select next from review_head), 0)"

FRESH: LiteralString = """
select index, at, act, who, keys from review_record where index >= %(start)s order by index limit %(limit)s
"""

# What these people did, and strangers who were refused, since a moment; the first day's first record bounds the search.
AROUND: LiteralString = """
select index, at, act, who, keys from review_record
where index >= (select min(first) from review_day where day >= (%(since)s at time zone 'Europe/Paris')::date)
    and index <= %(last)s and at >= %(since)s and (who = any(%(people)s) or act = any(%(acts)s))
order by index
"""

# When and from where these people signed in.
SIGNED_IN: LiteralString = """
select index, at, act, who, keys from review_record
where who <> '' and who = any(%(people)s) and act = %(act)s and index <= %(last)s and at >= %(since)s
order by index
"""

# Whether it is new, and what it holds then. What has been closed stays closed, unless there is another reason: that is
# added to those before, of which one that was told once, as by the night's verification, would else be lost.
RAISE: LiteralString = """
insert into review_alert as held (rule, who, day, records, reason, raised_at)
values (%(rule)s, %(who)s, %(day)s, %(records)s, %(reason)s, %(at)s)
on conflict (rule, who, day) do update
set records = array(select distinct unnest(held.records || excluded.records) order by 1),
    reason = case when position(excluded.reason in held.reason) > 0 then held.reason
        else right(held.reason || E'\n' || excluded.reason, 20000) end,
    state = case when position(excluded.reason in held.reason) > 0 then held.state else 'new' end
returning id, xmax = 0 as is_new, cardinality(records) as count
"""

_ALERT: LiteralString = "select id, rule, who, day, records, reason, state, raised_at from review_alert"

PAGE: LiteralString = f"""
{_ALERT} where (%(state)s = '' or state = %(state)s) and (%(before)s::bigint is null or id < %(before)s)
order by id desc limit %(limit)s
"""

ONE: LiteralString = f"{_ALERT} where id = %s"

CHANGING: LiteralString = f"{_ALERT} where id = %s for update"

CHANGE: LiteralString = "update review_alert set state = %s where id = %s"

COUNT: LiteralString = "select count(*) from review_alert where state = 'new'"

NOTE: LiteralString = "insert into review_alert_note (alert_id, written_by, written_at, text) values (%s, %s, %s, %s)"

NOTES: LiteralString = "select written_by, written_at, text from review_alert_note where alert_id = %s order by id"
