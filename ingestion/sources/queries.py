"""Queries about sources (tables in deploy/migrations/0008_sources.sql)."""

from typing import LiteralString

ADD: LiteralString = """
insert into source (id, collection_id, name, name_key, kind, location, credentials, every_minutes, principal)
values (
    %(id)s, %(collection_id)s, %(name)s, %(name_key)s, %(kind)s, %(location)s, %(credentials)s, %(every_minutes)s,
    %(principal)s
)
on conflict (name_key) do nothing
"""

SOURCES: LiteralString = """
select id, collection_id, name, name_key, kind, location, credentials, every_minutes, principal, synced_at, failure,
    counts, asked,
    case
        when leased_until > now() then 'running'
        when asked then 'asked'
        when failure <> '' then 'failed'
        when synced_at is null then 'never'
        else 'done'
    end as state
from source
"""

OF_COLLECTION: LiteralString = f"{SOURCES} where collection_id = %s order by name_key"

NAMED: LiteralString = f"{SOURCES} where name_key = %s"

# Nothing is due for a collection that takes no document, or that lies in the bin.
DUE: LiteralString = f"""
{SOURCES}
where (asked or (
    every_minutes is not null and (synced_at is null or synced_at + make_interval(mins => every_minutes) <= now())
  ))
  and exists (
    select from collection where collection.id = collection_id and name_key is not null and not paused
  )
  and (leased_until is null or leased_until <= now())
order by synced_at nulls first
"""

# Who holds it names the end of its own lease.
LEASE: LiteralString = """
update source set leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
where id = %(id)s and (leased_until is null or leased_until <= clock_timestamp() or leased_until = %(held)s)
returning leased_until
"""

RELEASE: LiteralString = "update source set leased_until = null where id = %s and leased_until = %s"

ASK: LiteralString = "update source set asked = true where id = %s"

NOTE: LiteralString = """
update source set synced_at = now(), failure = %s, counts = %s, asked = false where id = %s
"""

LOCK_RHYTHM: LiteralString = "select every_minutes from source where id = %s for update"

RESCHEDULE: LiteralString = "update source set every_minutes = %s where id = %s"

DELETE: LiteralString = "delete from source where id = %s"

HELD: LiteralString = """
with there as (
    select distinct split_part(d.id, '/', 1) as id
    from source s
    join collection c on c.id = s.collection_id or (c.part_of = s.collection_id and c.part = 'draft')
    join document d on d.collection_id = c.id
    where s.id = %(id)s
)
select key, fingerprint, sha256, document_id, document_id in (select id from there) as is_there
from source_entry where source_id = %(id)s
"""

RESERVE: LiteralString = """
insert into source_entry (source_id, key, document_id)
select %s, key, document_id from unnest(%s::text[], %s::text[]) as given (key, document_id)
on conflict (source_id, key) do update set document_id = excluded.document_id, fingerprint = '', sha256 = ''
"""

SETTLE: LiteralString = """
update source_entry e set fingerprint = given.fingerprint, sha256 = given.sha256
from unnest(%s::text[], %s::text[], %s::text[]) as given (key, fingerprint, sha256)
where e.source_id = %s and e.key = given.key
"""

MOVE: LiteralString = """
update source_entry set key = %(new_key)s, fingerprint = %(fingerprint)s where source_id = %(id)s and key = %(key)s
"""

FORGET: LiteralString = "delete from source_entry where source_id = %s and key = any(%s)"

# A document of a file that holds others has an id below the file's own.
DOCUMENTS: LiteralString = """
select id from document where collection_id = %s and split_part(id, '/', 1) = any(%s) order by id
"""

# The name by which its original is known; it says the format.
RENAME: LiteralString = "update received set name = %s where collection_id = %s and document_id = %s"

RETITLE: LiteralString = """
update document_version set title = %s where collection_id = %s and document_id = %s and version = %s
"""
