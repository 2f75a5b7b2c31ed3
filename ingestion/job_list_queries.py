"""Queries about jobs as the console lists them: a line a job, with how far its documents are.

A job is known by the documents that it read last; one that has none any more is not shown.
"""

from typing import LiteralString

from ingestion.jobs import JobState

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

# Those with a document in a state, and for a reason, of the documents that cannot simply be found.
_SOME: LiteralString = """
select r.job_id, r.collection_id
from held
join document d on d.collection_id = held.id and d.state <> 'indexed'
join received r on r.collection_id = d.collection_id and r.document_id = d.id
"""
_AT_WORK: LiteralString = "select from procrastinate_jobs j where j.id = r.job_id and j.status = 'doing'"
_IN_STATE: dict[JobState, LiteralString] = {
    JobState.RUNNING: f"d.state = 'pending' and exists ({_AT_WORK})",
    JobState.WAITING: f"d.state = 'pending' and not exists ({_AT_WORK})",
    JobState.FAILED: "d.state = 'failed'",
    JobState.QUARANTINED: "d.state = 'quarantined'",
}

# Those of which every document can be found.
_FOUND: LiteralString = """
r.job_id not in (
    select s.job_id from document e
    join received s on s.collection_id = e.collection_id and s.document_id = e.id
    where e.state <> 'indexed'
)
"""
DONE: LiteralString = f"{ALL} where {_FOUND}"


def scope(state: JobState | None, words: str) -> LiteralString:
    """Where to look for jobs: with a document in that state, for a reason that holds these words."""
    if state is JobState.INDEXED:
        return DONE
    conditions: list[LiteralString] = [_IN_STATE[state]] if state else []
    if words:
        conditions.append(f"{_REASON} ilike %(words)s")
    return f"{_SOME} where {' and '.join(conditions)}" if conditions else ALL


def takes_all(scope: LiteralString, *, by_collection: bool) -> bool:
    """Whether finding a page of these jobs means to look at all of them: they are then counted in the same breath."""
    return scope not in (ALL, DONE) or (scope == DONE and not by_collection)


def by_number(scope: LiteralString, *, descending: bool) -> LiteralString:
    """The jobs of a scope by their numbers: along an index, as far as needed."""
    way: LiteralString = "desc" if descending else "asc"
    return f"select job_id from ({scope}) scoped group by job_id order by job_id {way}"  # noqa: S608 - of constants


def by_collection(scope: LiteralString, *, descending: bool) -> LiteralString:
    """The jobs of a scope by the names of their collections, the newest of each first.

    A wide scope is gone through collection by collection, as far as needed.
    """
    way: LiteralString = "desc" if descending else "asc"
    if scope not in (ALL, DONE):
        return f"""
select scoped.job_id from ({scope}) scoped join ({_NAMED}) named on named.id = scoped.collection_id
group by named.name, scoped.job_id order by named.name {way}, scoped.job_id desc
"""  # noqa: S608
    condition: LiteralString = _FOUND if scope == DONE else "true"
    return f"""
select jobs.job_id from ({_NAMED} order by name {way}) named
cross join lateral (
    select r.job_id from received r where r.collection_id = named.id and {condition}
    group by r.job_id order by r.job_id desc limit %(offset)s::bigint + %(limit)s::bigint
) jobs
order by named.name {way}, jobs.job_id desc
"""  # noqa: S608


_NAMED: LiteralString = """
select held.id, lower(coalesce(whole.name, c.name)) as name
from held join collection c on c.id = held.id
left join collection whole on whole.id = c.part_of
"""

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


def page(ordered: LiteralString) -> LiteralString:
    """One page of jobs that are in an order."""
    return f"""
with {_HELD},
chosen as (
    select job_id, row_number() over () as place from ({ordered} limit %(limit)s offset %(offset)s) ordered
)
{_SHOWN}
"""  # noqa: S608


def counted_page(ordered: LiteralString) -> LiteralString:
    """The same, and in each row `total`: how many jobs there are, up to a limit."""
    return f"""
with {_HELD},
found as materialized (
    select job_id, row_number() over () as place
    from ({ordered} limit greatest(%(most)s, %(offset)s::bigint + %(limit)s::bigint)) ordered
),
chosen as (select job_id, place from found where place > %(offset)s and place <= %(offset)s::bigint + %(limit)s::bigint)
select shown.*, least(%(most)s, (select count(*) from found)) as total from ({_SHOWN}) shown
"""  # noqa: S608


def count(scope: LiteralString) -> LiteralString:
    """How many jobs there are in a scope, up to a limit; in their order, so that it need not look through all."""
    return f"""
with {_HELD}
select count(*) from (select from ({scope}) scoped group by job_id order by job_id desc limit %(most)s) jobs
"""  # noqa: S608


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
