"""Queries about changes to many documents (tables in deploy/migrations/0036_list_of_documents.sql)."""

from typing import LiteralString

START: LiteralString = """
insert into bulk (id, principal, change, repealed_on, documents)
values (%(id)s, %(principal)s, %(change)s, %(repealed_on)s, 0)
"""

COPY: LiteralString = "copy bulk_document (bulk_id, collection_id, document_id) from stdin"

COUNT: LiteralString = """
update bulk set documents = counted.documents
from (select count(*) as documents from bulk_document where bulk_id = %(id)s) counted
where id = %(id)s returning counted.documents
"""

_BULKS: LiteralString = """
select b.id, b.change, b.repealed_on, b.documents, b.begun_at, b.ended_at, b.problem,
    b.documents - to_do.count - left_alone.count as done, left_alone.count as left
from bulk b
cross join lateral (select count(*) from bulk_document where bulk_id = b.id and outcome is null) to_do
cross join lateral (select count(*) from bulk_document where bulk_id = b.id and outcome = 'left') left_alone
where b.principal ->> 'subject' = %(subject)s
"""

# One's own.
BULK: LiteralString = f"{_BULKS} and b.id = %(id)s"

LATEST: LiteralString = f"{_BULKS} order by b.begun_at desc limit %(limit)s"

LEFT: LiteralString = """
select collection_id, document_id, reason from bulk_document
where bulk_id = %(id)s and outcome = 'left' order by collection_id, document_id limit %(limit)s offset %(offset)s
"""

# One process is at it; it says so again before its time is over.
LEASE: LiteralString = """
update bulk set leased_until = clock_timestamp() + make_interval(secs => %(seconds)s)
where id = %(id)s and ended_at is null and (leased_until is null or leased_until <= clock_timestamp() or %(held)s)
returning principal, change, repealed_on
"""

RELEASE: LiteralString = "update bulk set leased_until = null, problem = %(problem)s where id = %(id)s"

WAITING: LiteralString = """
select id from bulk where ended_at is null and (leased_until is null or leased_until <= clock_timestamp())
order by begun_at
"""

# The next few of one collection.
NEXT: LiteralString = """
select collection_id, document_id from bulk_document
where bulk_id = %(id)s and outcome is null and collection_id = (
    select collection_id from bulk_document where bulk_id = %(id)s and outcome is null
    order by collection_id, document_id limit 1
)
order by collection_id, document_id limit %(limit)s
"""

NOTE: LiteralString = """
update bulk_document b set outcome = case when given.reason = '' then 'done' else 'left' end, reason = given.reason
from unnest(%(ids)s::text[], %(reasons)s::text[]) as given (id, reason)
where b.bulk_id = %(bulk)s and b.collection_id = %(collection_id)s and b.document_id = given.id
"""

END: LiteralString = "update bulk set ended_at = now(), leased_until = null, problem = '' where id = %s"

# In the order in which everybody locks documents.
LOCK_STATES: LiteralString = """
select id, state from document where collection_id = %s and id = any(%s) order by id for update
"""

OF_JOBS: LiteralString = "select document_id from received where collection_id = %s and job_id = any(%s)"
