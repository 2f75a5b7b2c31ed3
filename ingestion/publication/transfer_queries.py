"""Queries that give documents of one collection to another, latest version alone.

Rows are copied whole (`jsonb_populate_record`), whatever columns there are. `versions` are those that the documents
take where they go. Every statement can be done again.
"""

from typing import LiteralString

# In the order in which everybody locks documents.
LOCK: LiteralString = """
select collection_id, id, version, state from document
where collection_id = any(%s) and id = any(%s) order by collection_id, id for update
"""

_GIVEN: LiteralString = "unnest(%(ids)s::text[], %(versions)s::int[]) as given (id, version)"

# New ones wait; those that there are stay what they are until `TAKE`.
ENTER: LiteralString = f"""
insert into document (collection_id, id, version, sha256, state)
select %(target)s, d.id, given.version, d.sha256, 'pending'
from document d join {_GIVEN} on d.id = given.id where d.collection_id = %(source)s
order by d.id
on conflict do nothing
"""  # noqa: S608 - of constants

FORGET_VERSIONS: LiteralString = f"""
delete from document_version v using {_GIVEN}
where v.collection_id = %(target)s and v.document_id = given.id and v.version = given.version
"""  # noqa: S608 - of constants

COPY_VERSIONS: LiteralString = f"""
insert into document_version
select copy.* from document d
join {_GIVEN} on d.id = given.id
join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
cross join lateral jsonb_populate_record(
    v, jsonb_build_object('collection_id', %(target)s::text, 'version', given.version)
) as copy
where d.collection_id = %(source)s
"""  # noqa: S608 - of constants

TAKE: LiteralString = f"""
update document t set
    version = given.version, sha256 = d.sha256, state = 'indexed', failure = '', corrections = d.corrections
from document d join {_GIVEN} on d.id = given.id
where d.collection_id = %(source)s and t.collection_id = %(target)s and t.id = d.id
"""  # noqa: S608 - of constants

# Originals are kept for whoever names them, and belong to a reception of their own collection.
COPY_RECEPTIONS: LiteralString = """
insert into reception (id, collection_id, principal, received_at)
select distinct md5(%(target)s::text || p.id)::uuid, %(target)s::uuid, p.principal, p.received_at
from received r join reception p on p.id = r.reception_id
where r.collection_id = %(source)s and r.document_id = any(%(ids)s)
on conflict do nothing
"""

FORGET_RECEIVED: LiteralString = "delete from received where collection_id = %(target)s and document_id = any(%(ids)s)"

COPY_RECEIVED: LiteralString = f"""
insert into received
select copy.* from document d
join {_GIVEN} on d.id = given.id
join received r on r.collection_id = d.collection_id and r.document_id = d.id and r.version = d.version
cross join lateral jsonb_populate_record(r, jsonb_build_object(
    'collection_id', %(target)s::text, 'version', given.version, 'reception_id', md5(%(target)s::text || r.reception_id)
)) as copy
where d.collection_id = %(source)s
"""  # noqa: S608 - of constants

# What a person decided about the very content holds where it goes.
COPY_DECISIONS: LiteralString = f"""
insert into quarantine (
    collection_id, document_id, version, digest, unseen, entered_at, decision, decided_at, reason
)
select %(target)s, q.document_id, given.version, q.digest, '', q.entered_at, q.decision, q.decided_at,
    q.reason
from document d
join {_GIVEN} on d.id = given.id
join quarantine q on q.collection_id = d.collection_id and q.document_id = d.id and q.version = d.version
where d.collection_id = %(source)s and q.decision is not null and not exists (
    select from quarantine t
    where t.collection_id = %(target)s and t.document_id = q.document_id and t.version = given.version
)
"""  # noqa: S608 - of constants

# Of a document that leaves the one for the other: old citations open again once it comes back.
MOVE_OLDER_VERSIONS: LiteralString = """
update document_version v set collection_id = t.collection_id
from document t
where t.collection_id = %(target)s and v.collection_id = %(source)s and v.document_id = t.id
    and t.id = any(%(ids)s) and v.version < t.version and not exists (
        select from document_version o
        where o.collection_id = t.collection_id and o.document_id = t.id and o.version = v.version
    )
"""

DELETE: LiteralString = "delete from document where collection_id = %s and id = any(%s)"
