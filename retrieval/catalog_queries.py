"""The catalogue's queries; the tables are in deploy/migrations (0002_catalogue.sql, 0005_texts.sql,
0007_guardrails.sql, 0013_authors.sql, 0018_attachments.sql)."""

from typing import LiteralString

_COLUMNS: LiteralString = """
id, name, description, owner, readers, created_at, conversation_id, stage, reviewed, paused, archived, edition
"""

INSERT_COLLECTION: LiteralString = f"""
insert into collection (id, name, name_key, description, owner, readers)
values (%(id)s, %(name)s, %(key)s, %(description)s, %(owner)s, %(readers)s)
on conflict (name_key) do nothing
returning {_COLUMNS}
"""  # noqa: S608 - of constants

# Those of conversations are found by `SELECT_PRIVATE` alone; parts of others and what was deleted have no name either.
_NAMED: LiteralString = f"select {_COLUMNS} from collection where name_key is not null"  # noqa: S608 - of a constant

SELECT_COLLECTIONS: LiteralString = f"{_NAMED} order by name_key"

SELECT_COLLECTION: LiteralString = f"{_NAMED} and name_key = %s"

SELECT_COLLECTION_BY_ID: LiteralString = f"{_NAMED} and id = %s"

SELECT_COLLECTIONS_BY_ID: LiteralString = f"{_NAMED} and id = any(%s) order by name_key"

SELECT_DRAFTS: LiteralString = "select id, part_of from collection where part = 'draft' and part_of = any(%s)"

SELECT_WHOLE: LiteralString = "select part_of from collection where id = %s and part = 'draft'"

SELECT_ALL_IDS: LiteralString = "select id from collection"

# Of a conversation that has begun, only its owner's.
INSERT_PRIVATE: LiteralString = """
insert into collection (id, name, name_key, description, owner, readers, conversation_id)
select %(id)s, %(name)s, null, '', %(owner)s, '{}', %(conversation)s
where not exists (select from conversation where id = %(conversation)s and owner <> %(owner)s)
on conflict (conversation_id) do nothing
"""

SELECT_PRIVATE: LiteralString = f"""
select {_COLUMNS} from collection where conversation_id = %(conversation)s and owner = %(owner)s
"""  # noqa: S608 - of a constant

SELECT_PRIVATE_BY_ID: LiteralString = f"""
select {_COLUMNS} from collection where id = %(id)s and conversation_id is not null and owner = %(owner)s
"""  # noqa: S608 - of a constant

DELETE_COLLECTION: LiteralString = "delete from collection where id = %s"

COUNT_DOCUMENTS: LiteralString = """
select collection_id, state, count(*) as documents from document
where collection_id = any(%s) group by collection_id, state
"""

_DOCUMENTS: LiteralString = """
select d.collection_id, d.id, d.version, d.sha256, d.state, d.failure, d.corrections,
       v.title, v.url, v.date, v.in_force_from, v.repealed_on,
       v.kind, v.number, v.signed_on, v.replaces, v.replaced_by, v.author, v.guessed, v.found
from document d
join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
"""

SELECT_DOCUMENTS: LiteralString = f"{_DOCUMENTS} where d.collection_id = %s and d.id = any(%s)"

SELECT_DOCUMENTS_OF: LiteralString = f"""
{_DOCUMENTS} join unnest(%s::uuid[], %s::text[]) as given (collection_id, id)
    on given.collection_id = d.collection_id and given.id = d.id
"""

LOCK_DOCUMENT: LiteralString = f"{_DOCUMENTS} where d.collection_id = %s and d.id = %s for update of d"

# Of those that are known; they stay locked, so that nobody corrects one while a new version is entered.
LOCK_CORRECTIONS: LiteralString = """
select id, corrections from document
where collection_id = any(%s) and id = any(%s) order by collection_id, id for update
"""

PUT_CORRECTIONS: LiteralString = "update document set corrections = %s where collection_id = %s and id = %s"

DESCRIBE: LiteralString = """
update document_version set
    title = %(title)s, kind = %(kind)s, number = %(number)s, signed_on = %(signed_on)s,
    in_force_from = %(in_force_from)s, repealed_on = %(repealed_on)s,
    replaces = %(replaces)s, replaced_by = %(replaced_by)s, author = %(author)s,
    author_key = %(author_key)s, guessed = %(guessed)s
where collection_id = %(collection_id)s and document_id = %(id)s and version = %(version)s
"""

# Decides the version under the row's lock, so that two imports of one document cannot take the same one.
# The order by id keeps two batches from locking the same rows crosswise.
PUT_DOCUMENTS: LiteralString = """
with given as (
    select * from unnest(
        %(collection_ids)s::uuid[], %(ids)s::text[], %(sha256s)s::text[], %(titles)s::text[], %(urls)s::text[],
        %(dates)s::date[], %(in_force_from)s::date[], %(repealed_on)s::date[], %(texts)s::text[],
        %(kinds)s::text[], %(numbers)s::text[], %(signed_on)s::date[], %(replaces)s::jsonb[],
        %(replaced_by)s::text[], %(authors)s::text[], %(author_keys)s::text[],
        %(guessed)s::jsonb[], %(found)s::jsonb[]
    ) as given (
        collection_id, id, sha256, title, url, date, in_force_from, repealed_on, text,
        kind, number, signed_on, replaces, replaced_by, author, author_key, guessed, found
    )
    order by collection_id, id
), put as (
    insert into document (collection_id, id, version, sha256, state)
    select collection_id, id, 1, sha256, 'pending' from given
    on conflict (collection_id, id) do update set
        version = document.version + (document.sha256 <> excluded.sha256)::int,
        sha256 = excluded.sha256, state = 'pending', failure = ''
    returning collection_id, id, version
), kept as (
    insert into document_version (
        collection_id, document_id, version, title, url, date, in_force_from, repealed_on, text,
        kind, number, signed_on, replaces, replaced_by, author, author_key, guessed, found
    )
    select
        collection_id, id, version, title, url, date, in_force_from, repealed_on, text,
        kind, number, signed_on, array(select jsonb_array_elements_text(replaces)), replaced_by,
        author, author_key, array(select jsonb_array_elements_text(guessed)), found
    from given join put using (collection_id, id)
    on conflict (collection_id, document_id, version) do update set
        title = excluded.title, url = excluded.url, date = excluded.date, text = excluded.text,
        in_force_from = excluded.in_force_from, repealed_on = excluded.repealed_on,
        kind = excluded.kind, number = excluded.number, signed_on = excluded.signed_on,
        replaces = excluded.replaces, replaced_by = excluded.replaced_by, author = excluded.author,
        author_key = excluded.author_key, guessed = excluded.guessed, found = excluded.found
)
select collection_id, id, version from put
"""

# Numbers versions as PUT_DOCUMENTS does, those of a draft above the collection's own; the text and what is known of it
# follow once somebody has read it.
RECEIVE_DOCUMENTS: LiteralString = """
with given as (
    select * from unnest(%(ids)s::text[], %(sha256s)s::text[]) as given (id, sha256) order by id
), put as (
    insert into document (collection_id, id, version, sha256, state)
    select %(collection_id)s, id, 1 + coalesce((
        select d.version from document d
        join collection c on c.part_of = d.collection_id where c.id = %(collection_id)s and d.id = given.id
    ), 0), sha256, 'pending' from given
    on conflict (collection_id, id) do update set
        version = document.version + (document.sha256 <> excluded.sha256)::int,
        sha256 = excluded.sha256, state = 'pending', failure = ''
    returning id, version
), kept as (
    insert into document_version (collection_id, document_id, version, title, url, text)
    select %(collection_id)s, id, version, '', '', '' from put
    on conflict do nothing
)
select id, version from put
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

# Not what waits for a person, nor what a person refused; the last word counts.
SELECT_TEXT: LiteralString = """
select v.collection_id, v.document_id, v.version, v.title, v.url, v.date, v.in_force_from, v.repealed_on, v.text,
       v.kind, v.number, v.signed_on, v.replaces, v.replaced_by, v.author, v.guessed
from document_version v
where v.collection_id = %s and v.document_id = %s and v.version = %s and coalesce((
    select q.decision is not distinct from 'released' from quarantine q
    where q.collection_id = v.collection_id and q.document_id = v.document_id and q.version = v.version
    order by q.id desc limit 1
), true)
"""
