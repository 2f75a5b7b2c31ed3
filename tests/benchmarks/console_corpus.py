"""A database of the size at which the console is measured: filled by SQL, in a minute, without reading a file.

Collections differ in size as they do in a ministry: a few are very big. Texts are short, but of many words; what
cannot be found is a fortieth. Of the jobs those wait of which a document waits. Figures are of two years.
"""

from typing import LiteralString

from ui.database import Pool
from ui.database_roles import as_owner

COLLECTIONS, DOCUMENTS, JOBS = 500, 200_000, 50_000

FILL_COLLECTIONS: LiteralString = """
insert into collection (id, name, name_key, description, owner, readers, created_at, stage, reviewed, paused, archived)
select gen_random_uuid(), name, lower(name), 'Ce que tient le bureau ' || n || ', pour ses agents et ceux des ARS.',
    '/DIRECTION-' || n %% 20, case when n %% 3 = 0 then '{}' else array['/DIRECTION-' || n %% 20] end,
    now() - make_interval(hours => n::int), case when n %% 10 = 0 then 'draft' else 'published' end, n %% 4 = 0,
    n %% 25 = 0, n %% 40 = 0
from generate_series(1, %(collections)s::bigint) as n
cross join lateral (select 'Collection ' || lpad(n::text, 4, '0') as name) as named
"""

# The place of a document decides its collection: half of all are in the first tenth.
PLACES: LiteralString = """
create temporary table place on commit drop as
select n, numbered.id as collection_id, 'dossier/' || n %% 97 || '/note-' || lpad(n::text, 7, '0') || '.pdf' as id,
    case when n %% 50 = 0 then 'failed' when n %% 201 = 0 then 'pending' when n %% 301 = 0 then 'quarantined'
        else 'indexed' end as state,
    1 + n %% 3 as version,
    md5(numbered.id::text || (row_number() over (partition by numbered.id order by n) - 1) / 16)::uuid as reception_id
from generate_series(1, %(documents)s::bigint) as n
join (select id, row_number() over (order by name_key) as position from collection where name_key is not null)
    as numbered on numbered.position = 1 + (case when n %% 2 = 0 then n / 2 %% greatest(%(collections)s / 10, 1)
        else n / 2 %% %(collections)s end)
"""

FILL_DOCUMENTS: LiteralString = """
insert into document (collection_id, id, version, sha256, state, failure)
select collection_id, id, version, encode(sha256(id::bytea), 'hex'), state,
    case when state = 'failed' then id || ' : le fichier est protégé par un mot de passe. Retirez-le, puis versez-le '
        || 'à nouveau.' else '' end
from place
"""

FILL_VERSIONS: LiteralString = """
insert into document_version (
    collection_id, document_id, version, title, url, date, in_force_from, repealed_on, text, received_at, kind, number,
    signed_on, replaces, replaced_by, author, author_key, guessed, found
)
select collection_id, id, version,
    (array['Note', 'Circulaire', 'Instruction', 'Décision'])[1 + n %% 4] || ' numéro ' || n || ' sur '
        || (array['le congé', 'la retraite', 'le temps partiel', 'les vaccins', 'les urgences'])[1 + n %% 5],
    '', date '2015-01-01' + (n %% 4000)::int, date '2015-01-01' + (n %% 4000)::int,
    case when n %% 9 = 0 then date '2026-01-01' end,
    'Les agents du bureau ' || n || ' relèvent de la présente note pour leurs droits à congé. ' || md5(n::text),
    now() - make_interval(mins => (n %% 500000)::int),
    (array['note', 'circulaire', 'instruction', 'décision'])[1 + n %% 4], 'SSAH' || lpad(n::text, 7, '0') || 'A',
    date '2015-01-01' + (n %% 4000)::int, '{}', '', 'Bureau ' || n %% 300, 'bureau ' || n %% 300,
    case when n %% 7 = 0 then '{kind}'::text[] else '{}' end, '[]'
from place
"""

# Of four documents each.
FILL_JOBS: LiteralString = """
insert into procrastinate_jobs (id, queue_name, task_name, priority, args, status, attempts)
select 1 + n %% %(jobs)s, 'ingestion', 'read', 0, '{}',
    case when bool_or(state = 'pending') then 'todo' else 'succeeded' end::procrastinate_job_status, 1
from place group by n %% %(jobs)s
"""

NEXT_JOB: LiteralString = "select setval('procrastinate_jobs_id_seq', %(jobs)s)"

FILL_RECEPTIONS: LiteralString = """
insert into reception (id, collection_id, principal, received_at)
select reception_id, collection_id,
    '{"subject": "s-gina", "username": "gina", "groups": [], "roles": ["gestionnaire"]}',
    now() - make_interval(mins => (min(n) %% 500000)::int)
from place group by reception_id, collection_id
"""

FILL_RECEIVED: LiteralString = """
insert into received (collection_id, document_id, version, reception_id, job_id, name, blob, points)
select collection_id, id, version, reception_id, 1 + n %% %(jobs)s, id,
    encode(sha256(id::bytea), 'hex'), case when state = 'indexed' then 1 + n %% 30 end
from place
"""

FILL_QUARANTINE: LiteralString = """
insert into quarantine (collection_id, document_id, version, digest, unseen)
select collection_id, id, version, sha256(id::bytea), '' from place where state = 'quarantined'
"""

# Of each collection, and of all (the identifier of zeros).
FIGURES: LiteralString = """
create temporary table counted on commit drop as
select '00000000-0000-0000-0000-000000000000'::uuid as id, 1000 as n
union all
select id, row_number() over (order by name_key)::int from collection where name_key is not null
"""

FILL_FIGURE_DAYS: LiteralString = """
insert into figure_day (collection_id, day, questions, tasks, answered, refused, doubtful, cited, useful, useless)
select id, current_date - back, n, n %% 7, n, n %% 9, (n + back) %% 5, n, n %% 4, n %% 3
from counted, generate_series(0, 729) as back
"""

FILL_FIGURE_TIMES: LiteralString = """
insert into figure_time (collection_id, what, day, step, count)
select id, what, current_date - back, 40 + step, 1 + step
from counted, (values ('waiting'), ('answering')) as of (what), generate_series(0, 729) as back,
    generate_series(1, case when n = 1000 then 40 else 8 end) as step
where n = 1000 or n %% 10 = 0
"""

FILL_FIGURE_ASKERS: LiteralString = """
insert into figure_asker (collection_id, month, asker, days)
select id, date_trunc('month', current_date - make_interval(months => back))::date, int8send(asker),
    1::bigint << (asker %% 28)::int
from counted, generate_series(0, 12) as back,
    generate_series(1, case when n = 1000 then 5000 else 50 end::bigint) as asker
"""

FILL_QUESTION_SETS: LiteralString = """
insert into question_set (id, collection_id, name, name_key, golden, created_by)
select md5(id::text)::uuid, id, 'Jeu ' || n, 'jeu ' || n, n %% 2 = 0, 'gina' from counted where n %% 5 = 0 and n < 1000
"""

FILL_QUESTIONS: LiteralString = """
insert into question (set_id, id, question, relevant)
select id, 'q' || q, 'Quels droits à congé ont les agents du bureau ' || q, '{}'
from question_set, generate_series(1, 20) as q
"""

FILL_EVALUATIONS: LiteralString = """
insert into evaluation_run (id, set_id, kind, state, depth, asked_by, asked_at, started_at, ended_at, questions, done)
select gen_random_uuid(), id, case when r %% 2 = 0 then 'search' else 'answers' end,
    case when r %% 10 = 0 then 'cancelled' else 'finished' end, 10, 'gina', now() - make_interval(hours => r),
    now() - make_interval(hours => r), now() - make_interval(hours => r), 20, 20
from question_set, generate_series(1, 20) as r
"""

FILL_SOURCES: LiteralString = """
insert into source (
    id, collection_id, name, name_key, kind, location, credentials, every_minutes, principal, synced_at, failure, asked
)
select gen_random_uuid(), id, 'Partage ' || s || ' ' || id, 'partage ' || s || ' ' || id, 'folder', '/srv/' || s, '',
    60, '{"subject": "s-gina", "username": "gina", "groups": ["/DGS"], "roles": ["gestionnaire"]}',
    case when s > 1 then now() - make_interval(mins => s::int) end,
    case when s = 2 then 'La source est injoignable. Vérifiez l’adresse et le réseau.' else '' end, s = 3
from collection, generate_series(1, 4) as s
where name_key is not null
"""

FILL_ANNOUNCEMENTS: LiteralString = """
insert into announcement (text, kind, starts_at, ends_at, published_by, publisher, published_at)
select 'Le service s’arrête ' || n || ' minutes ce soir.', 'info', now() - make_interval(days => n + 1),
    now() - make_interval(days => n), 'adele', 's-adele', now() - make_interval(days => n + 1)
from generate_series(1, 500) as n
"""

LIST_DOCUMENTS: LiteralString = "select list_documents(array_agg(collection_id), array_agg(id)) from place"

STEPS = (
    FILL_COLLECTIONS,
    PLACES,
    FILL_DOCUMENTS,
    FILL_VERSIONS,
    FILL_JOBS,
    NEXT_JOB,
    FILL_RECEPTIONS,
    FILL_RECEIVED,
    FILL_QUARANTINE,
    LIST_DOCUMENTS,
    FIGURES,
    FILL_FIGURE_DAYS,
    FILL_FIGURE_TIMES,
    FILL_FIGURE_ASKERS,
    FILL_QUESTION_SETS,
    FILL_QUESTIONS,
    FILL_EVALUATIONS,
    FILL_SOURCES,
    FILL_ANNOUNCEMENTS,
)


async def fill(pool: Pool, collections: int = COLLECTIONS, documents: int = DOCUMENTS, jobs: int = JOBS) -> None:
    """Fill an empty database; triggers and foreign keys are left out meanwhile, and tables are vacuumed at the end."""
    values = {"collections": collections, "documents": documents, "jobs": jobs}
    async with as_owner(pool) as connection:
        await connection.execute("set local session_replication_role = replica")
        for step in STEPS:
            await connection.execute(step, values)
    async with as_owner(pool) as connection:
        await connection.set_autocommit(True)
        await connection.execute("vacuum analyze")
