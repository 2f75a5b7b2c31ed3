"""Queries about files that browsers send (tables in deploy/migrations/0036_list_of_documents.sql)."""

from typing import LiteralString

START: LiteralString = "insert into upload (id) values (%s)"

_UPLOADS: LiteralString = """
select u.id, p.received_at as started_at, u.closed_at,
    files.count as files, files.refused, files.latest as latest_at
from upload u join reception p on p.id = u.id
cross join lateral (
    select count(*), count(*) filter (where refusal <> '') as refused, max(sent_at) as latest
    from upload_file where upload_id = u.id
) files
where p.collection_id = %(collection_id)s and p.principal ->> 'subject' = %(subject)s
"""

# One's own.
UPLOAD: LiteralString = f"{_UPLOADS} and u.id = %(id)s"

LATEST: LiteralString = f"{_UPLOADS} order by p.received_at desc limit %(limit)s"

CLOSE: LiteralString = "update upload set closed_at = now() where id = %s and closed_at is null"

# What was received is said to be so, however often it is sent again.
ENTER: LiteralString = """
insert into upload_file as known (upload_id, name, size, refusal, unchanged, collection_id, documents)
values (%(upload_id)s, %(name)s, %(size)s, %(refusal)s, %(unchanged)s, %(collection_id)s, %(documents)s)
on conflict (upload_id, name) do update set
    size = excluded.size, refusal = excluded.refusal,
    unchanged = excluded.unchanged and (known.unchanged or known.refusal <> ''),
    collection_id = excluded.collection_id, documents = excluded.documents, sent_at = excluded.sent_at
"""

# A file is as far as the last of its documents; `read`: what is left is to make it findable.
_FILES: LiteralString = """
select f.name, f.size, f.sent_at, found.first as document_id, f.collection_id,
    case
        when f.refusal <> '' then 'refused'
        when found.documents = 0 then 'gone'
        when found.failed then 'failed'
        when found.quarantined then 'quarantined'
        when found.unread then 'waiting'
        when found.pending then 'read'
        when f.unchanged then 'unchanged'
        else 'indexed'
    end as state,
    case when f.refusal <> '' then f.refusal when found.failed then found.failure else found.delay end as reason
from upload_file f
cross join lateral (
    select count(d.id) as documents, min(d.id) as first,
        coalesce(bool_or(d.state = 'failed'), false) as failed,
        coalesce(bool_or(d.state = 'quarantined'), false) as quarantined,
        coalesce(bool_or(d.state = 'pending'), false) as pending,
        coalesce(bool_or(d.state = 'pending' and v.title = ''), false) as unread,
        coalesce(min(d.failure) filter (where d.state = 'failed'), '') as failure,
        coalesce(max(r.delay) filter (where d.state = 'pending'), '') as delay
    from document d
    join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
    left join received r on r.collection_id = d.collection_id and r.document_id = d.id
    where d.collection_id = f.collection_id and d.id = any(f.documents)
) found
where f.upload_id = %(id)s
"""

COUNTS: LiteralString = f"select state, count(*) from ({_FILES}) files group by state"  # noqa: S608 - of a constant

# What somebody must see to comes first.
FILES: LiteralString = f"""
select * from ({_FILES}) files
where (%(state)s::text is null or state = %(state)s)
order by state not in ('refused', 'failed', 'quarantined'), name limit %(limit)s offset %(offset)s
"""  # noqa: S608 - of a constant
