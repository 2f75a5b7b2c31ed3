"""Queries about documents and the jobs that read them."""

from typing import LiteralString

# The next documents that wait for a job that is not there: the index was lost, or it was deleted by hand.
FORSAKEN: LiteralString = """
select r.collection_id, r.document_id from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id and d.version = r.version
where d.state = 'pending' and not exists (
    select from procrastinate_jobs j where j.id = r.job_id and j.status in ('todo', 'doing')
)
order by r.collection_id, r.document_id limit %s
"""

# In the order in which everybody locks documents.
LOCK_RECEIVED: LiteralString = """
select d.id from document d join received r on r.collection_id = d.collection_id and r.document_id = d.id
where d.collection_id = %s and d.id = any(%s) order by d.id for update
"""

MAKE_PENDING: LiteralString = """
update document set state = 'pending', failure = '' where collection_id = %s and id = any(%s)
"""

GIVE_TO_JOB: LiteralString = """
update received set job_id = %s, delay = '', retry = false where collection_id = %s and document_id = any(%s)
"""

# Documents with the jobs that read them. `done` of `total` documents of the job are dealt with.
_JOBS: LiteralString = """
select
    c.name as collection, r.document_id as id, r.name, r.version, r.job_id as job,
    case when d.state = 'pending' then case when j.status = 'doing' then 'running' else 'waiting' end
         else d.state end as state,
    case when d.state = 'pending' then r.delay else d.failure end as reason,
    coalesce(j.attempts, 0) as attempts,
    case when j.status = 'todo' then j.scheduled_at end as next_try,
    batch.done, batch.total
from received r
join collection c on c.id = r.collection_id
join document d on d.collection_id = r.collection_id and d.id = r.document_id
left join procrastinate_jobs j on j.id = r.job_id
left join lateral (
    select count(*) filter (where e.state <> 'pending') as done, count(*) as total
    from received s join document e on e.collection_id = s.collection_id and e.id = s.document_id
    where s.job_id = r.job_id
) batch on j.status = 'doing'
"""

# One page, by collection and document.
PAGE: LiteralString = f"""with listed as ({_JOBS} where r.collection_id = any(%(collections)s))
select * from listed
where (collection, id) > (%(after_collection)s, %(after)s) and (%(state)s::text is null or state = %(state)s)
order by collection, id limit %(limit)s
"""  # noqa: S608 - of two constants

COLLECTION_OF_JOB: LiteralString = """
select coalesce(c.part_of, c.id) from received r join collection c on c.id = r.collection_id
where r.job_id = %s and c.conversation_id is null and c.part is distinct from 'former' limit 1
"""

# What can be tried again of a job: what failed, and what waits for its next try.
RETRIABLE_OF_JOB: LiteralString = """
select r.collection_id, r.document_id from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id
left join procrastinate_jobs j on j.id = r.job_id
where r.job_id = %s and (d.state = 'failed' or (d.state = 'pending' and j.status is distinct from 'doing'))
order by r.document_id
"""

FAILED: LiteralString = """
select r.document_id from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id
where r.collection_id = %s and d.state = 'failed' order by r.document_id
"""

COUNT_FORSAKEN: LiteralString = """
select count(*) from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id and d.version = r.version
where d.state = 'pending' and not exists (
    select from procrastinate_jobs j where j.id = r.job_id and j.status in ('todo', 'doing')
)
"""

# One page of what the catalogue says, with the number of points where it is known.
DOCUMENTS: LiteralString = """
select d.collection_id, d.id, d.version, d.state, r.points from document d
left join received r on r.collection_id = d.collection_id and r.document_id = d.id and r.version = d.version
where (d.collection_id, d.id) > (%s, %s) order by d.collection_id, d.id limit %s
"""

LOCK_STATES: LiteralString = """
select d.collection_id, d.id, d.state, d.version from document d
join unnest(%s::uuid[], %s::text[]) as given (collection_id, id)
    on d.collection_id = given.collection_id and d.id = given.id
order by d.collection_id, d.id for update of d
"""
