"""Queries about collections themselves and the bin (tables in deploy/migrations, 0002, 0033 and 0035)."""

from typing import LiteralString

_COLUMNS: LiteralString = """
id, name, description, owner, readers, created_at, conversation_id, stage, reviewed, paused, archived, edition
"""

# Documents come and go meanwhile; nobody else changes what is said of the collection, or begins to receive for it.
LOCK: LiteralString = f"""
select {_COLUMNS} from collection where id = %s and name_key is not null for no key update
"""  # noqa: S608 - of a constant

PUT: LiteralString = f"""
update collection set
    name = %(name)s, name_key = %(name_key)s, description = %(description)s, owner = %(owner)s, readers = %(readers)s,
    stage = %(stage)s, reviewed = %(reviewed)s, paused = %(paused)s, archived = %(archived)s, edition = edition + 1
where id = %(id)s returning {_COLUMNS}
"""  # noqa: S608 - of a constant

# Whoever pauses or deletes it waits for those who are receiving, and the other way round.
RECEIVES: LiteralString = "select paused, name_key is null as hidden from collection where id = %s for share"

NEXT_EDITION: LiteralString = "update collection set edition = edition + 1 where id = %s"

TO_BIN: LiteralString = f"""
update collection set deleted_at = now(), deleted_name_key = name_key, name_key = null, edition = edition + 1
where id = %s returning {_COLUMNS}
"""  # noqa: S608 - of a constant

_BINNED: LiteralString = f"select {_COLUMNS}, deleted_at from collection where deleted_at is not null"  # noqa: S608

# The latest first.
BINNED: LiteralString = f"{_BINNED} order by deleted_at desc, id"

LOCK_BINNED: LiteralString = f"{_BINNED} and id = %s for update"

RECOVER: LiteralString = f"""
update collection set
    name = %(name)s, name_key = %(name_key)s, deleted_at = null, deleted_name_key = null, edition = edition + 1
where id = %(id)s returning {_COLUMNS}
"""  # noqa: S608 - of a constant

DELETE: LiteralString = "delete from collection where id = %s"

ERASED: LiteralString = "delete from erasure where collection_id = %s"

# What a legal hold names stays past its time.
_DUE: LiteralString = """
from collection where deleted_at < %s
"""
_HELD: LiteralString = """
exists (
    select from review_hold
    where kind = 'collection' and target = collection.id::text and released_at is null
)
"""

COUNT_DUE: LiteralString = f"""
select count(*) as count, count(*) filter (where {_HELD}) as held, min(deleted_at) as oldest {_DUE}
"""

PURGE: LiteralString = f"""
delete {_DUE} and not {_HELD} returning {_COLUMNS}
"""
