"""Queries about jobs as the console lists them: a line a job, with how far its documents are.

A job is known by the documents that it read last; one that has none any more is not shown.
"""

from typing import LiteralString

# The collections of which jobs are shown, with what is being prepared for them.
_HELD: LiteralString = """
held as (
    select id from collection
    where id = any(%(collections)s) or (part = 'draft' and part_of = any(%(collections)s))
)
"""

# How a document stands: what reads it, or what became of it; and why.
_STATE: LiteralString = """
case when d.state = 'pending' then case when j.status = 'doing' then 'running' else 'waiting' end else d.state end
"""
_REASON: LiteralString = "case when d.state = 'pending' then r.delay else d.failure end"

# All jobs of these collections.
ALL: LiteralString = "select r.job_id, r.collection_id from received r join held on held.id = r.collection_id"

# Those with a document in that state, or for that reason: of the documents that cannot simply be found.
SOME: LiteralString = f"""
select r.job_id, r.collection_id
from held
join document d on d.collection_id = held.id and d.state <> 'indexed'
join received r on r.collection_id = d.collection_id and r.document_id = d.id
left join procrastinate_jobs j on j.id = r.job_id
where (%(state)s::text is null or {_STATE} = %(state)s) and (%(words)s::text is null or {_REASON} ilike %(words)s)
"""  # noqa: S608 - of constants

# Those of which every document can be found.
DONE: LiteralString = f"""
{ALL}
where r.job_id not in (
    select s.job_id from document e
    join received s on s.collection_id = e.collection_id and s.document_id = e.id
    where e.state <> 'indexed'
)
"""  # noqa: S608

# Orders; the other way round with `desc`.
BY_JOB: LiteralString = "select job_id from scoped group by job_id order by job_id"  # along an index, as far as needed
BY_JOB_DOWN: LiteralString = f"{BY_JOB} desc"
_NAMED: LiteralString = """
select narrowed.job_id from (select job_id, collection_id from scoped group by job_id, collection_id) narrowed
join collection c on c.id = narrowed.collection_id
left join collection whole on whole.id = c.part_of
order by
"""
BY_COLLECTION: LiteralString = f"{_NAMED} lower(coalesce(whole.name, c.name)), narrowed.job_id desc"
BY_COLLECTION_DOWN: LiteralString = f"{_NAMED} lower(coalesce(whole.name, c.name)) desc, narrowed.job_id desc"

# What is shown of the jobs that are in `chosen`.
_SHOWN: LiteralString = f"""
select
    chosen.job_id as job, coalesce(whole.id, c.id) as collection_id, coalesce(whole.name, c.name) as collection,
    c.part is not null as draft,
    count(*) as documents,
    count(*) filter (where d.state = 'pending') as pending,
    count(*) filter (where d.state = 'failed') as failed,
    count(*) filter (where d.state = 'quarantined') as quarantined,
    max(p.received_at) as received_at,
    coalesce(j.attempts, 0) as attempts,
    coalesce(j.status = 'doing', false) as doing,
    case when j.status = 'todo' then j.scheduled_at end as next_try,
    coalesce((array_agg({_REASON} order by d.state = 'failed' desc, d.id) filter (where {_REASON} <> ''))[1], '')
        as reason
from chosen
join received r on r.job_id = chosen.job_id
join document d on d.collection_id = r.collection_id and d.id = r.document_id
join reception p on p.id = r.reception_id
join collection c on c.id = r.collection_id
left join collection whole on whole.id = c.part_of
left join procrastinate_jobs j on j.id = chosen.job_id
group by chosen.job_id, chosen.place, c.id, whole.id, j.id
order by chosen.place
"""  # noqa: S608


def page(scope: LiteralString, order: LiteralString) -> LiteralString:
    """One page of the jobs of a scope, in an order."""
    return f"""
with {_HELD}, scoped as ({scope}),
chosen as (
    select job_id, row_number() over () as place from ({order} limit %(limit)s offset %(offset)s) ordered
)
{_SHOWN}
"""  # noqa: S608


def count(scope: LiteralString) -> LiteralString:
    """How many jobs there are in a scope."""
    return f"with {_HELD} select count(*) from (select from ({scope}) scoped group by job_id) jobs"  # noqa: S608


# One job, of whatever collection.
ONE: LiteralString = f"with chosen as (select %(job)s::bigint as job_id, 1 as place) {_SHOWN}"

# How many documents are in each state but `indexed`; those of a job that is at work among the pending ones.
STATES: LiteralString = f"""
with {_HELD}
select d.state, count(*) from held
join document d on d.collection_id = held.id and d.state <> 'indexed'
group by d.state
"""  # noqa: S608

RUNNING: LiteralString = f"""
with {_HELD}
select count(*) from procrastinate_jobs j
join received r on r.job_id = j.id
join held on held.id = r.collection_id
join document d on d.collection_id = r.collection_id and d.id = r.document_id and d.state = 'pending'
where j.status = 'doing'
"""  # noqa: S608

# The documents of a job: first what went wrong, then what is not done.
DOCUMENTS: LiteralString = f"""
select r.document_id as id, r.name, r.version, {_STATE} as state, {_REASON} as reason
from received r
join document d on d.collection_id = r.collection_id and d.id = r.document_id
left join procrastinate_jobs j on j.id = r.job_id
where r.job_id = %(job)s
order by case d.state when 'failed' then 1 when 'quarantined' then 2 when 'pending' then 3 else 4 end, r.document_id
limit %(limit)s offset %(offset)s
"""  # noqa: S608

# What failed for a reason that holds these words.
FAILED: LiteralString = f"""
with {_HELD}
select d.collection_id, d.id, coalesce(c.part_of, c.id) as of
from held
join collection c on c.id = held.id
join document d on d.collection_id = held.id and d.state = 'failed'
join received r on r.collection_id = d.collection_id and r.document_id = d.id
where %(words)s::text is null or d.failure ilike %(words)s
order by d.collection_id, d.id
"""  # noqa: S608
