"""Queries about what an index that is to take the place of another has (tables in
deploy/migrations/0011_vector_spaces.sql).

Whatever changes what is to be found of a document also changes its rows in `document` or `document_version`;
`xmin`, the transaction that wrote a row last, tells that it was changed.
"""

from typing import LiteralString

# What is found, or may be, of an earlier version, while a new one waits.
_FOUND: LiteralString = """
from document d
join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
left join received r on r.collection_id = d.collection_id and r.document_id = d.id and r.version = d.version
left join vector_space_copy c
    on c.space_id = %(space)s and c.collection_id = d.collection_id and c.document_id = d.id
where d.state in ('indexed', 'pending')
"""

_SEEN: LiteralString = "d.xmin::text || ' ' || v.xmin::text"

_DOCUMENTS: LiteralString = f"""
select d.collection_id, d.id, d.version, d.state, r.points, {_SEEN} as seen {_FOUND}
"""

# The next documents that the index has not as they are.
TO_COPY: LiteralString = f"""
{_DOCUMENTS} and c.seen is distinct from {_SEEN} and (d.collection_id, d.id) > (%(after_collection)s, %(after)s)
order by d.collection_id, d.id limit %(limit)s
"""

# In the order in which everybody locks documents.
LOCK: LiteralString = """
select from document d
join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
join unnest(%s::uuid[], %s::text[]) as given (collection_id, id)
    on d.collection_id = given.collection_id and d.id = given.id
order by d.collection_id, d.id for update of d, v
"""

STILL: LiteralString = f"""
{_DOCUMENTS} and (d.collection_id, d.id) in (
    select * from unnest(%(collections)s::uuid[], %(ids)s::text[])
)
"""  # noqa: S608 - of constants

COPIED: LiteralString = """
insert into vector_space_copy (space_id, collection_id, document_id, seen, points, whole)
select %(space)s, * from unnest(
    %(collections)s::uuid[], %(ids)s::text[], %(seen)s::text[], %(points)s::int[], %(whole)s::boolean[]
)
on conflict (space_id, collection_id, document_id) do update set
    seen = excluded.seen, points = excluded.points, whole = excluded.whole
"""

# Of which there is nothing to find any more.
GONE: LiteralString = """
select c.collection_id, c.document_id as id from vector_space_copy c
where c.space_id = %(space)s and not exists (
    select from document d
    where d.collection_id = c.collection_id and d.id = c.document_id and d.state in ('indexed', 'pending')
)
order by c.collection_id, c.document_id limit %(limit)s
"""

FORGET: LiteralString = """
delete from vector_space_copy where space_id = %s and collection_id = %s and document_id = %s
"""

COUNT: LiteralString = f"""
select count(*) as documents, count(*) filter (where c.seen = {_SEEN}) as copied,
    count(*) filter (where c.seen = {_SEEN} and not c.whole) as broken
{_FOUND}
"""

POINTS: LiteralString = "select coalesce(sum(points), 0)::int as points from vector_space_copy where space_id = %s"

# Whoever changes what is to be found holds rows of these: nobody does any more, or begins to, until the switch is
# committed. Reading goes on.
LOCK_ALL: LiteralString = """
set local lock_timeout = '2s'; lock table document, document_version in exclusive mode
"""
