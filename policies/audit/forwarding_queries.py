"""All SQL of forwarding."""

from typing import LiteralString

# Be the one process that sends there, where no other one is; gives how far it has received.
CLAIM: LiteralString = """
insert into audit_forwarding as one (destination, holder, held_until)
values (%(destination)s, %(holder)s, now() + %(lease)s)
on conflict (destination) do update set holder = excluded.holder, held_until = excluded.held_until
where one.holder = excluded.holder or one.held_until < now()
returning next, checkpoint
"""

# Note what was acknowledged; no row where another process has taken over. What is sent again sets nothing back.
ADVANCE: LiteralString = """
update audit_forwarding
set next = greatest(next, %(next)s), checkpoint = greatest(checkpoint, %(checkpoint)s),
    held_until = now() + %(lease)s, failing_since = null, failure = ''
where destination = %(destination)s and holder = %(holder)s
returning next
"""

FAILED: LiteralString = """
update audit_forwarding set failing_since = coalesce(failing_since, now()), failure = %(failure)s
where destination = %(destination)s and holder = %(holder)s
"""

RELEASE: LiteralString = """
update audit_forwarding set held_until = now() where destination = %(destination)s and holder = %(holder)s
"""

RECORDS: LiteralString = "select index, at, body from ledger_record where index >= %s order by index limit %s"

# The checkpoints over no more than so many records.
CHECKPOINTS: LiteralString = "select size, at, note from ledger_checkpoint where size > %s and size <= %s order by size"

# How many records each place lacks, and since when and why it takes none.
STANDING: LiteralString = """
select destination, coalesce((select size from ledger_head), 0) - next as behind, failing_since, failure
from audit_forwarding order by destination
"""
