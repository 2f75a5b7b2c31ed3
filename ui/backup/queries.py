"""What a backup reads of the database beside its dump."""

from typing import LiteralString

READING: LiteralString = """
set transaction isolation level repeatable read, read only;
set local idle_in_transaction_session_timeout = 0
"""

# The moment of the backup, which `pg_dump` sees too.
SNAPSHOT: LiteralString = "select pg_export_snapshot()"

MOMENT: LiteralString = """
select coalesce((select max(size) from ledger_head), 0) as records,
    coalesce((select note from ledger_checkpoint order by size desc limit 1), '') as note,
    (select count(*) from document) as documents,
    (select count(*) from document where state = 'indexed') as indexed,
    (select count(*) from collection where conversation_id is null) as collections,
    (select count(*) from conversation) as conversations,
    (select coalesce(array_agg(name order by name), '{}') from migration) as migrations,
    pg_database_size(current_database()) as bytes
"""

ORIGINALS: LiteralString = "select distinct blob from received where blob <> '' order by blob"
