"""What the whole is at: one statement, short on tables of any size."""

from typing import LiteralString

# Jobs that ended well leave no row. The oldest is one that could be begun now.
STATE: LiteralString = """
select
    (select coalesce(jsonb_object_agg(status, many), '{}') from (
        select status::text as status, count(*) as many from procrastinate_jobs
        where task_name = %(task)s and status in ('todo', 'doing', 'failed') group by status
    ) as jobs) as jobs,
    (select coalesce(extract(epoch from now() - min(deferred.at)), 0)::float8
        from procrastinate_jobs as job, lateral (
            select at from procrastinate_events as event where event.job_id = job.id and event.type = 'deferred'
            order by event.id limit 1
        ) as deferred
        where job.task_name = %(task)s and job.status = 'todo'
            and (job.scheduled_at is null or job.scheduled_at <= now())
    ) as oldest,
    (select count(*) from quarantine where decision is null) as quarantine,
    (select coalesce(max(size), 0) from ledger_head) as records,
    (select coalesce(max(size), 0) from ledger_checkpoint) as signed,
    extract(epoch from now() - coalesce(
        (select at from ledger_checkpoint order by size desc limit 1),
        (select at from ledger_record order by index limit 1),
        now()
    ))::float8 as signed_ago,
    (select count(*) from session where valid_until > now()) as sessions,
    (select count(*) filter (where failure = '') from source) as sources_well,
    (select count(*) filter (where failure <> '') from source) as sources_failing,
    (select coalesce(array_agg(many order by number), '{}') from (
        select number, (select count(*) from ledger_checkpoint where size > shipped) as many
        from unnest(%(shipped)s::bigint[]) with ordinality as place (shipped, number)
    ) as places) as pending
"""

# Reads an index of all documents: told less often.
DOCUMENTS: LiteralString = "select state, count(*) from document group by state"
