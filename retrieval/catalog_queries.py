"""The catalogue's queries; the tables are in deploy/migrations/0002_catalogue.sql."""

from typing import LiteralString

INSERT_COLLECTION: LiteralString = """
insert into collection (id, name, name_key, description, owner, readers)
values (%(id)s, %(name)s, %(key)s, %(description)s, %(owner)s, %(readers)s)
on conflict (name_key) do nothing
returning id, name, description, owner, readers, created_at
"""

SELECT_COLLECTIONS: LiteralString = """
select id, name, description, owner, readers, created_at from collection order by name_key
"""

SELECT_COLLECTION: LiteralString = """
select id, name, description, owner, readers, created_at from collection where name_key = %s
"""

SELECT_COLLECTION_BY_ID: LiteralString = """
select id, name, description, owner, readers, created_at from collection where id = %s
"""

DELETE_COLLECTION: LiteralString = "delete from collection where id = %s"

COUNT_DOCUMENTS: LiteralString = """
select collection_id, state, count(*) as documents from document
where collection_id = any(%s) group by collection_id, state
"""

SELECT_DOCUMENTS: LiteralString = """
select d.collection_id, d.id, d.version, d.sha256, d.state, d.failure,
       v.title, v.url, v.date, v.in_force_from, v.repealed_on
from document d
join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
where d.collection_id = %s and d.id = any(%s)
"""

# Decides the version under the row's lock, so that two imports of one document cannot take the same one.
# The order by id keeps two batches from locking the same rows crosswise.
PUT_DOCUMENTS: LiteralString = """
with given as (
    select * from unnest(
        %(collection_ids)s::uuid[], %(ids)s::text[], %(sha256s)s::text[], %(titles)s::text[], %(urls)s::text[],
        %(dates)s::date[], %(in_force_from)s::date[], %(repealed_on)s::date[], %(texts)s::text[]
    ) as given (collection_id, id, sha256, title, url, date, in_force_from, repealed_on, text)
    order by collection_id, id
), put as (
    insert into document (collection_id, id, version, sha256, state)
    select collection_id, id, 1, sha256, 'pending' from given
    on conflict (collection_id, id) do update set
        version = document.version + (document.sha256 <> excluded.sha256)::int,
        sha256 = excluded.sha256, state = 'pending', failure = ''
    returning collection_id, id, version
), kept as (
    insert into document_version
        (collection_id, document_id, version, title, url, date, in_force_from, repealed_on, text)
    select collection_id, id, version, title, url, date, in_force_from, repealed_on, text
    from given join put using (collection_id, id)
    on conflict (collection_id, document_id, version) do update set
        title = excluded.title, url = excluded.url, date = excluded.date, text = excluded.text,
        in_force_from = excluded.in_force_from, repealed_on = excluded.repealed_on
)
select collection_id, id, version from put
"""

# Only while that version is still the latest: a slower import says nothing of its successor.
MARK_INDEXED: LiteralString = """
update document d set state = 'indexed', failure = ''
from unnest(%(ids)s::text[], %(versions)s::int[]) as done (id, version)
where d.collection_id = %(collection_id)s and d.id = done.id and d.version = done.version
"""

MARK_FAILED: LiteralString = """
update document set state = 'failed', failure = %(failure)s
where collection_id = %(collection_id)s and id = %(id)s and version = %(version)s
"""

MARK_ALL_PENDING: LiteralString = "update document set state = 'pending' where state = 'indexed'"

SELECT_TEXT: LiteralString = """
select collection_id, document_id, version, title, url, date, in_force_from, repealed_on, text
from document_version where collection_id = %s and document_id = %s and version = %s
"""
