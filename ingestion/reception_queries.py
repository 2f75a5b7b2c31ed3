"""Queries about what was received (tables in deploy/migrations/0006_jobs.sql)."""

from typing import LiteralString

RECEPTION: LiteralString = "insert into reception (id, collection_id, principal) values (%s, %s, %s)"

# One file after the other.
LOCK_RECEPTION: LiteralString = "select from reception where id = %s for no key update"

LATEST_JOB: LiteralString = """
select job_id, count(*) from received
where job_id = (select max(job_id) from received where reception_id = %s) group by job_id
"""

# Whoever names a document last has it: the job that named it before finds nothing left to do.
RECEIVE: LiteralString = """
insert into received (
    collection_id, document_id, version, reception_id, job_id, name, blob, start, length, refusal, pipeline
)
select %(collection_id)s, given.id, given.version, %(reception_id)s, %(job_id)s, name, blob, start, length, refusal,
    %(pipeline)s
from unnest(
    %(ids)s::text[], %(versions)s::int[], %(names)s::text[], %(blobs)s::text[], %(starts)s::bigint[],
    %(lengths)s::bigint[], %(refusals)s::text[]
) as given (id, version, name, blob, start, length, refusal)
order by id
on conflict (collection_id, document_id) do update set
    version = excluded.version, reception_id = excluded.reception_id, job_id = excluded.job_id,
    name = excluded.name, blob = excluded.blob, start = excluded.start, length = excluded.length,
    refusal = excluded.refusal, pipeline = excluded.pipeline, delay = '', retry = false, points = null
"""

# The next documents that can be found by what another pipeline made of them.
MADE_OTHERWISE: LiteralString = """
select r.document_id, r.name, r.blob, r.start, r.length from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id and d.version = r.version
where r.collection_id = %(collection_id)s and d.state = 'indexed' and r.pipeline <> %(pipeline)s
    and r.document_id > %(after)s
order by r.document_id limit %(limit)s
"""

# Those of them that are still as they were; nobody else may change them before the transaction ends.
LOCK_MADE_OTHERWISE: LiteralString = """
select r.document_id from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id and d.version = r.version
join unnest(%(ids)s::text[], %(blobs)s::text[], %(starts)s::bigint[]) as given (id, blob, start)
    on r.document_id = given.id and r.blob = given.blob and r.start is not distinct from given.start
where r.collection_id = %(collection_id)s and d.state = 'indexed'
order by d.id for update of d, r
"""

MAKE_ANEW: LiteralString = """
update received r set
    version = given.version, job_id = %(job_id)s, reception_id = %(reception_id)s, pipeline = %(pipeline)s,
    delay = '', retry = false, points = null
from unnest(%(ids)s::text[], %(versions)s::int[]) as given (id, version)
where r.collection_id = %(collection_id)s and r.document_id = given.id
"""

# Those that failed for no fault of their own.
RETRIABLE: LiteralString = """
select document_id from received where collection_id = %s and document_id = any(%s) and retry
"""

_WAITING: LiteralString = """
select
    r.collection_id, r.document_id as id, r.version, d.sha256,
    r.name, r.blob, r.start, r.length, r.refusal, p.principal
from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id and d.version = r.version
join reception p on p.id = r.reception_id
where r.job_id = %(job_id)s and d.state = 'pending'
"""

# What a job still has to do.
WAITING: LiteralString = f"{_WAITING} order by d.id"

# The same of some documents, which nobody else may change before the transaction ends.
LOCK_WAITING: LiteralString = f"{_WAITING} and d.id = any(%(ids)s) order by d.id for update of d, r"

PLACED: LiteralString = """
update received r set points = given.points, delay = ''
from unnest(%(ids)s::text[], %(points)s::int[]) as given (id, points)
where r.collection_id = %(collection_id)s and r.document_id = given.id
"""

# In order, for whoever receives them anew locks them too.
DELAYED: LiteralString = """
with held as (
    select collection_id, document_id from received where job_id = %(job_id)s order by document_id for update
)
update received r set delay = %(delay)s from held
where r.collection_id = held.collection_id and r.document_id = held.document_id
"""

RETRY_LATER: LiteralString = """
update received set retry = true, delay = '' where collection_id = %s and document_id = any(%s)
"""

# How far some jobs are.
PROGRESS: LiteralString = """
select r.job_id, r.document_id as id, r.version, r.delay, d.state, d.failure
from received r join document d on d.collection_id = r.collection_id and d.id = r.document_id
where r.job_id = any(%s)
"""
