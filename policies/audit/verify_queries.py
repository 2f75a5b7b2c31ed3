"""What a verification reads of the ledger, in pages that follow the records."""

from typing import LiteralString

# Apart from their leaves: joined, whole bodies would be sorted, on a disk.
RECORDS: LiteralString = """
select index, at, body from ledger_record where index >= %(start)s and index < %(end)s order by index
"""

LEAVES: LiteralString = """
select index, hash from ledger_node where level = 0 and index >= %(start)s and index < %(end)s order by index
"""

# Nodes above the leaves whose last leaf is in the page. `offset 0` has each level looked up by itself: joined at once,
# all nodes of the ledger would be read for every page.
NODES: LiteralString = """
select level.level::smallint, node.index, node.hash
from generate_series(1, 62) as level (level)
cross join lateral (
    select index, hash from ledger_node
    where ledger_node.level = level.level::smallint
        and index >= %(start)s::bigint >> level.level and index < %(end)s::bigint >> level.level
    offset 0
) as node
"""

CHECKPOINTS: LiteralString = """
select size, at, note from ledger_checkpoint where size > %(start)s and size <= %(end)s order by size
"""

# How far each table goes: what the ledger counts, its last record, its last leaf and its last checkpoint.
EXTENT: LiteralString = """
select coalesce((select max(size) from ledger_head), 0),
    coalesce((select max(index) + 1 from ledger_record), 0),
    coalesce((select max(index) + 1 from ledger_node where level = 0), 0),
    coalesce((select max(size) from ledger_checkpoint), 0)
"""

# The last node of each level.
LAST_NODES: LiteralString = """
select level.level, node.index
from generate_series(0, 62) as level (level)
cross join lateral (
    select index from ledger_node where ledger_node.level = level.level::smallint order by index desc limit 1
) as node
"""

# The last checkpoint over at most so many records.
CHECKPOINT_BEFORE: LiteralString = """
select size, at, note from ledger_checkpoint where size <= %s order by size desc limit 1
"""

# Records that say which others were purged, or lost in a restore; `position` spares the parsing of all of them. Whoever
# can append can write that some were purged: it is believed of records that a checkpoint covered 180 days, less than
# any six months, before it was signed.
PURGES: LiteralString = r"""
select index, body, coalesce((
    select size from ledger_checkpoint
    where at < coalesce((select at from ledger_checkpoint where size > index order by size limit 1), now())
        - interval '180 days'
    order by at desc, size desc limit 1
), 0)
from ledger_record
where position('"act":"ledger.purged"'::bytea in body) > 0 or position('"act":"backup.restored"'::bytea in body) > 0
order by index
"""
