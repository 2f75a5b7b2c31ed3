"""Queries about files attached to conversations (tables in deploy/migrations/0018_attachments.sql)."""

from typing import LiteralString

# Whoever adds to the collection waits for the others who do; its documents come and go meanwhile.
LOCK: LiteralString = "select from collection where id = %s for no key update"

INSERT: LiteralString = "insert into attachment (id, collection_id, name, sha256) values (%s, %s, %s, %s)"

# One that was never received whole, because the process died, is told as failed after an hour.
FILES: LiteralString = """
select a.id, a.name, a.sha256,
    case
        when count(d.id) = 0 then a.attached_at < now() - interval '1 hour'
        else not coalesce(bool_or(d.state in ('pending', 'indexed')), false)
    end as failed,
    count(d.id) = 0 or coalesce(bool_or(d.state = 'pending'), false) as reading,
    coalesce(max(r.delay) filter (where d.state = 'pending'), '') as delay,
    coalesce(min(d.failure) filter (where d.state = 'failed'), '') as failure,
    coalesce(sum(r.points) filter (where d.state = 'indexed'), 0)::int as passages
from attachment a
left join document d on d.collection_id = a.collection_id and split_part(d.id, '/', 1) = a.id::text
left join received r on r.collection_id = d.collection_id and r.document_id = d.id
where a.collection_id = %s
group by a.id order by a.attached_at, a.id
"""

READY: LiteralString = """
select d.id, d.version
from attachment a
join document d on d.collection_id = a.collection_id and split_part(d.id, '/', 1) = a.id::text
left join received r on r.collection_id = d.collection_id and r.document_id = d.id
where a.collection_id = %s and d.state = 'indexed'
order by a.attached_at, a.id, r.name, d.id
"""

DOCUMENTS: LiteralString = """
select id from document where collection_id = %s and split_part(id, '/', 1) = %s order by id
"""

DELETE_DOCUMENTS: LiteralString = """
delete from document where collection_id = %s and split_part(id, '/', 1) = %s
"""

DELETE: LiteralString = "delete from attachment where collection_id = %s and id = %s returning name"

# Of a page that was left after attaching: its conversation never began.
FORSAKEN: LiteralString = """
select c.id, c.conversation_id, p.principal, (select count(*) from attachment where collection_id = c.id) as files
from collection c
left join lateral (select principal from reception where collection_id = c.id limit 1) p on true
where c.created_at < now() - make_interval(secs => %s)
    and c.conversation_id is not null and not exists (select from conversation where id = c.conversation_id)
for update of c skip locked
"""

DELETE_COLLECTION: LiteralString = "delete from collection where id = %s"

TO_ERASE: LiteralString = "select collection_id, cached from erasure"

ERASED: LiteralString = "delete from erasure where collection_id = any(%s)"
