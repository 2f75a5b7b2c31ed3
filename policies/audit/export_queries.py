"""What an export reads of the ledger beside its records."""

from typing import LiteralString

# Which records a period spans, among those that are signed.
SPAN: LiteralString = """
select min(index), max(index) from ledger_record where at >= %(since)s and at < %(until)s and index < %(size)s
"""

# The last checkpoint of each day over some of these records, but not the one that the proofs are for.
DAYS: LiteralString = """
select distinct on ((at at time zone 'UTC')::date) size, note from ledger_checkpoint
where size > %(first)s and size < %(size)s order by (at at time zone 'UTC')::date, size desc
"""

# Changes of keys, each with the first checkpoint over it, which the old key signed.
ROTATIONS: LiteralString = r"""
select record.index, record.body, checkpoint.size, checkpoint.note
from ledger_record as record
cross join lateral (
    select size, note from ledger_checkpoint where size > record.index order by size limit 1
) as checkpoint
where position('"act":"audit.key_rotated"'::bytea in record.body) > 0 and record.index < %s
order by record.index
"""

# What was purged, or lost in a restore, as the records of it say.
PURGES: LiteralString = r"""
select index, body from ledger_record
where index < %s
    and (position('"act":"ledger.purged"'::bytea in body) > 0 or position('"act":"backup.restored"'::bytea in body) > 0)
order by index
"""
