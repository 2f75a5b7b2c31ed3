"""Queries about the ledger's Merkle tree (tables in deploy/migrations/0024_ledger_tree.sql)."""

from typing import LiteralString

# How many leaves there are.
SIZE: LiteralString = "select coalesce(max(index) + 1, 0) from ledger_node where level = 0"

# How many records are committed.
APPENDED: LiteralString = "select coalesce(max(size), 0) from ledger_head"

# The same, and how many of them are signed.
COUNTED: LiteralString = """
select coalesce((select max(size) from ledger_head), 0), coalesce((select max(size) from ledger_checkpoint), 0)
"""

# The leaves of records that are not in the tree yet.
LEAVES: LiteralString = r"""
insert into ledger_node (level, index, hash)
select 0, index, sha256('\x00'::bytea || body) from ledger_record where index >= %s and index < %s
"""

# One level from the one below it: the pairs that are complete and have no node yet.
NODES: LiteralString = r"""
insert into ledger_node (level, index, hash)
select %(level)s, lefts.index / 2, sha256('\x01'::bytea || lefts.hash || rights.hash)
from ledger_node as lefts join ledger_node as rights on rights.level = lefts.level and rights.index = lefts.index + 1
where lefts.level = %(level)s - 1 and lefts.index >= 2 * %(first)s and lefts.index < 2 * %(end)s
    and lefts.index %% 2 = 0
"""

# Subtrees in the order in which they are named.
HASHES: LiteralString = """
select node.hash
from unnest(%s::smallint[], %s::bigint[]) with ordinality as named (level, index, place)
join ledger_node as node using (level, index)
order by named.place
"""
