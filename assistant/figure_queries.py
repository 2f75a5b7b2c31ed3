"""The SQL of figures; the tables are in deploy/migrations, 0041_figures.sql and 0042_figures_by_month.sql.

Whoever keeps a figure locks the day's row of all collections first: two transactions never wait for each other.
"""

from typing import LiteralString

# Of named collections; the draft of one counts for it, files of conversations for none.
KEEP: LiteralString = """
insert into answer_figure (
    answer_id, at, day, kind, outcome, asker, searched, cited, supported, unsupported, waited_ms, first_token_ms,
    total_ms, generating_ms, tokens_in, tokens_out, estimated, model, energy_wh
)
select %(answer_id)s, %(at)s, %(day)s, %(kind)s, %(outcome)s, %(asker)s, searched.ids, cited.ids, %(supported)s,
    %(unsupported)s, %(waited_ms)s, %(first_token_ms)s, %(total_ms)s, %(generating_ms)s, %(tokens_in)s, %(tokens_out)s,
    %(estimated)s, %(model)s, %(energy_wh)s
from (
    select coalesce(array_agg(distinct coalesce(part_of, id)), '{}') as ids from collection
    where id = any(%(searched)s) and conversation_id is null
) searched, (
    select coalesce(array_agg(distinct coalesce(part_of, id)), '{}') as ids from collection
    where id = any(%(cited)s) and conversation_id is null
) cited
on conflict (answer_id) do nothing
returning searched, cited
"""

SUM: LiteralString = """
insert into figure_day as held (
    collection_id, day, questions, tasks, answered, refused, abandoned, doubtful, cited, supported, unsupported,
    tokens_in, tokens_out, estimated, generating_ms, energy_wh, metered
)
select id, %(day)s, (%(kind)s = 'question')::int, (%(kind)s = 'task')::int, (%(outcome)s = 'answered')::int,
    (%(outcome)s = 'refused')::int, (%(outcome)s = 'abandoned')::int, (%(unsupported)s > 0)::int,
    (id = any(%(cited)s))::int, %(supported)s, %(unsupported)s, %(tokens_in)s, %(tokens_out)s, %(estimated)s::int,
    %(generating_ms)s, coalesce(%(energy_wh)s::float8, 0), (%(energy_wh)s::float8 is not null)::int
from unnest(%(collections)s::uuid[]) as id order by id
on conflict (collection_id, day) do update set
    questions = held.questions + excluded.questions,
    tasks = held.tasks + excluded.tasks,
    answered = held.answered + excluded.answered,
    refused = held.refused + excluded.refused,
    abandoned = held.abandoned + excluded.abandoned,
    doubtful = held.doubtful + excluded.doubtful,
    cited = held.cited + excluded.cited,
    supported = held.supported + excluded.supported,
    unsupported = held.unsupported + excluded.unsupported,
    tokens_in = held.tokens_in + excluded.tokens_in,
    tokens_out = held.tokens_out + excluded.tokens_out,
    estimated = held.estimated + excluded.estimated,
    generating_ms = held.generating_ms + excluded.generating_ms,
    energy_wh = held.energy_wh + excluded.energy_wh,
    metered = held.metered + excluded.metered
"""

SUM_MONTH: LiteralString = """
insert into figure_month as held (collection_id, month, questions, tasks, answered, refused, doubtful, cited)
select id, date_trunc('month', %(day)s::date)::date, (%(kind)s = 'question')::int, (%(kind)s = 'task')::int,
    (%(outcome)s = 'answered')::int, (%(outcome)s = 'refused')::int, (%(unsupported)s > 0)::int,
    (id = any(%(cited)s))::int
from unnest(%(collections)s::uuid[]) as id order by id
on conflict (collection_id, month) do update set
    questions = held.questions + excluded.questions,
    tasks = held.tasks + excluded.tasks,
    answered = held.answered + excluded.answered,
    refused = held.refused + excluded.refused,
    doubtful = held.doubtful + excluded.doubtful,
    cited = held.cited + excluded.cited
"""

TIME: LiteralString = """
insert into figure_time as held (collection_id, what, day, step, count)
select id, %(what)s, %(day)s, %(step)s, 1 from unnest(%(collections)s::uuid[]) as id order by id
on conflict (collection_id, what, day, step) do update set count = held.count + 1
"""

ASKER: LiteralString = """
insert into figure_asker as held (collection_id, month, asker, days)
select id, date_trunc('month', %(day)s::date)::date, %(asker)s, 1::bigint << (extract(day from %(day)s::date)::int - 1)
from unnest(%(collections)s::uuid[]) as id order by id
on conflict (collection_id, month, asker) do update set days = held.days | excluded.days
where held.days | excluded.days <> held.days
"""

RATED: LiteralString = """
select day, searched, useful, saved_minutes from answer_figure where answer_id = %(answer_id)s for update
"""

RATE: LiteralString = """
update answer_figure set useful = %(useful)s, saved_minutes = %(saved)s where answer_id = %(answer_id)s
"""

SUM_RATING: LiteralString = """
update figure_day set useful = useful + %(more_useful)s, useless = useless + %(more_useless)s,
    told = told + %(more_told)s, saved_minutes = saved_minutes + %(more_saved)s
where day = %(day)s and collection_id = any(%(collections)s)
"""

SUM_RATING_MONTH: LiteralString = """
update figure_month set useful = useful + %(more_useful)s, useless = useless + %(more_useless)s
where month = date_trunc('month', %(day)s::date)::date and collection_id = any(%(collections)s)
"""

FORGET: LiteralString = "delete from answer_figure where at < %s"

FORGET_ASKERS: LiteralString = "delete from figure_asker where month < date_trunc('month', %s::date)"

BY_DAY: LiteralString = """
select day, questions, tasks, answered, refused, abandoned, doubtful, cited, supported, unsupported,
    tokens_in, tokens_out, estimated, generating_ms, energy_wh, metered, useful, useless, told, saved_minutes
from figure_day where collection_id = %(collection)s and day between %(since)s and %(until)s
"""

_PART: LiteralString = """
select collection_id, questions, tasks, answered, refused, doubtful, cited, useful, useless from
"""

# Of whole months their sums; of the days before and after them each. Without a whole month, of all its days.
BY_COLLECTION: LiteralString = f"""
select collection_id, sum(questions)::bigint as questions, sum(tasks)::bigint as tasks,
    sum(answered)::bigint as answered, sum(refused)::bigint as refused, sum(doubtful)::bigint as doubtful,
    sum(cited)::bigint as cited, sum(useful)::bigint as useful, sum(useless)::bigint as useless
from (
    {_PART} figure_month where collection_id = any(%(collections)s) and month >= %(whole)s and month < %(rest)s
    union all
    {_PART} figure_day where collection_id = any(%(collections)s) and day >= %(since)s and day < %(whole)s
    union all
    {_PART} figure_day where collection_id = any(%(collections)s) and day >= %(rest)s and day <= %(until)s
) parts
group by collection_id
"""  # noqa: S608 - of constants

TIMES: LiteralString = """
select step, sum(count)::bigint as count from figure_time
where collection_id = %(collection)s and what = %(what)s and day between %(since)s and %(until)s
group by step order by step
"""

# A person counts once a month, for those of its days that are in the period.
PEOPLE: LiteralString = """
select count(*) as people from figure_asker
where collection_id = %(collection)s
    and month between date_trunc('month', %(since)s::date)::date and %(until)s
    and days
        & case when month = date_trunc('month', %(since)s::date)::date
            then -1::bigint << (extract(day from %(since)s::date)::int - 1) else -1 end
        & case when month = date_trunc('month', %(until)s::date)::date
            then (1::bigint << extract(day from %(until)s::date)::int) - 1 else -1 end
        <> 0
"""
