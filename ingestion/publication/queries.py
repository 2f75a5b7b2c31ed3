"""Queries about parts of collections, what waits there, and publications (deploy/migrations/0034_publication.sql)."""

from typing import LiteralString

# The parts of a collection that is there, as its keepers alone may see them.
PART: LiteralString = """
select d.id from collection d join collection c on c.id = d.part_of
where d.part_of = %(collection_id)s and d.part = %(part)s and c.name_key is not null
"""

MAKE_PART: LiteralString = """
insert into collection (id, name, name_key, description, owner, readers, stage, part, part_of)
select %(id)s, name, null, '', owner, '{}', 'draft', %(part)s, id from collection where id = %(collection_id)s
on conflict (part_of, part) do nothing
"""

# What waits. `was` is what readers find now of the same document.
_CHANGES: LiteralString = """
select d.id, v.title, d.version, d.state, d.failure, t.version as before,
    case when t.version is null then 'added'
         when t.sha256 = d.sha256 then 'corrected'
         else 'changed' end as change
from document d
join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
left join document t on t.collection_id = %(collection_id)s and t.collection_id <> d.collection_id and t.id = d.id
    and t.state = 'indexed'
where d.collection_id = %(draft)s
union all
select r.document_id, v.title, t.version, t.state, '', t.version, 'removed'
from staged_removal r
join document t on t.collection_id = r.collection_id and t.id = r.document_id
join document_version v on v.collection_id = t.collection_id and v.document_id = t.id and v.version = t.version
where r.collection_id = %(collection_id)s and %(draft)s <> %(collection_id)s
"""

# One page, by kind of change and identifier.
PAGE: LiteralString = f"""with waiting as ({_CHANGES})
select * from waiting where (change, id) > (%(after_change)s, %(after)s)
    and (%(change)s = '' or change = %(change)s) and (%(state)s = '' or state = %(state)s)
order by change, id limit %(limit)s
"""  # noqa: S608 - of constants

COUNT: LiteralString = f"""with waiting as ({_CHANGES})
select change, state, count(*) as documents from waiting group by change, state
"""  # noqa: S608 - of constants

# What would be published: what can be found of the draft, word for word and as it is described, and what goes.
# A row's transaction (`xmin`) tells whether anybody has written to it since.
FINGERPRINT: LiteralString = """
with lines as (
    select 'put ' || d.id || ' ' || d.version || ' ' || v.xmin as line
    from document d
    join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
    where d.collection_id = %(draft)s and d.state = 'indexed'
    union all
    select 'remove ' || document_id from staged_removal
    where collection_id = %(collection_id)s and %(draft)s <> %(collection_id)s
)
select encode(sha256(convert_to(coalesce(string_agg(line, E'\\n' order by line), ''), 'UTF8')), 'hex') as fingerprint
from lines
"""

# The same of what a publication will do.
PLANNED: LiteralString = """
with lines as (
    select case when p.change = 'removed' then 'remove ' || p.document_id
        else 'put ' || p.document_id || ' ' || p.draft_version || ' ' || v.xmin end as line
    from publication_document p
    left join document_version v
        on v.collection_id = %(draft)s and v.document_id = p.document_id and v.version = p.draft_version
    where p.publication_id = %(id)s
)
select encode(sha256(convert_to(coalesce(string_agg(line, E'\\n' order by line), ''), 'UTF8')), 'hex') as fingerprint
from lines
"""

# Documents of which the draft holds something, or which are to go: readers' version of them is not what will be.
REPLACED: LiteralString = """
select document_id as id from staged_removal where collection_id = %(collection_id)s
union
select id from document where collection_id = %(draft)s and state = 'indexed'
"""

# Where something is staged to be removed and to be put, it is put.
STAGE_REMOVAL: LiteralString = """
insert into staged_removal (collection_id, document_id)
select collection_id, id from document where collection_id = %s and id = any(%s) order by id
on conflict do nothing
returning document_id
"""

UNSTAGE_REMOVAL: LiteralString = """
delete from staged_removal where collection_id = %s and document_id = any(%s) returning document_id
"""

STAGED: LiteralString = "select document_id from staged_removal where collection_id = %s and document_id = any(%s)"

_PUBLICATION: LiteralString = """
select id, collection_id, state, is_first, submitted_by, submitted_at, checklist, checked, figures, measured, forced,
    readers_before, readers_after, decided_by, rules, cleared, signed_by, ended_at
from publication
"""

UNDER_WAY: LiteralString = f"""
{_PUBLICATION} where collection_id = %s and state in ('checking', 'publishing', 'rolling back')
"""

LOCK: LiteralString = f"{_PUBLICATION} where id = %s for update"

HISTORY: LiteralString = f"""
{_PUBLICATION} where collection_id = %s order by submitted_at desc, id limit %s
"""

# The last that reached its readers.
LATEST: LiteralString = f"""
{_PUBLICATION} where collection_id = %s and state in ('published', 'rolled back')
order by ended_at desc limit 1
"""

# Those that somebody decided and that are not at their end; those of a deleted collection wait until it is recovered.
DECIDED: LiteralString = """
select p.id from publication p join collection c on c.id = p.collection_id
where p.state in ('publishing', 'rolling back') and c.name_key is not null order by p.submitted_at
"""

SUBMIT: LiteralString = """
insert into publication (id, collection_id, state, is_first, submitted_by)
values (%(id)s, %(collection_id)s, 'checking', %(is_first)s, %(by)s)
on conflict (collection_id) where state in ('checking', 'publishing', 'rolling back') do nothing
returning id
"""

WITHDRAW: LiteralString = "delete from publication where id = %s and state = 'checking'"

SIGN: LiteralString = """
update publication set checklist = %(checklist)s, checked = %(change)s, signed_by = %(by)s where id = %(id)s
"""

MEASURE: LiteralString = "update publication set figures = %(figures)s, measured = %(change)s where id = %(id)s"

PLAN: LiteralString = """
insert into publication_document (publication_id, document_id, change, draft_version)
select %(id)s, d.id, case when t.id is null then 'added' else 'changed' end, d.version
from document d
left join document t on t.collection_id = %(collection_id)s and t.id = d.id and t.state = 'indexed'
where d.collection_id = %(draft)s and d.state = 'indexed'
union all
select %(id)s, document_id, 'removed', null from staged_removal r
where collection_id = %(collection_id)s and not exists (
    select from document d where d.collection_id = %(draft)s and d.id = r.document_id and d.state = 'indexed'
)
"""

COUNT_PLANNED: LiteralString = """
select count(*) as documents from publication_document where publication_id = %s and change = %s
"""

DECIDE: LiteralString = """
update publication set state = %(state)s, decided_by = %(by)s, rules = %(rules)s, forced = %(forced)s,
    readers_before = %(before)s, readers_after = %(after)s
where id = %(id)s
"""

# What was left as it was stays so.
PLAN_BACK: LiteralString = """
update publication_document set step = 'planned', version = null where publication_id = %s and step = 'done'
"""

BACK: LiteralString = """
update publication set state = 'rolling back', decided_by = %(by)s, rules = %(rules)s where id = %(id)s
"""

CLEARED: LiteralString = "update publication set cleared = true where id = %s"

EMPTY: LiteralString = "delete from document where collection_id = %s"

# The next few, those first that are half way.
NEXT: LiteralString = """
select document_id, change, draft_version, version, step from publication_document
where publication_id = %s and step in ('planned', 'carried') order by step, document_id limit %s
"""

PUT_VERSIONS: LiteralString = """
update publication_document p set version = given.version
from unnest(%(ids)s::text[], %(versions)s::int[]) as given (id, version)
where p.publication_id = %(id)s and p.document_id = given.id
"""

STEP: LiteralString = "update publication_document set step = %s where publication_id = %s and document_id = any(%s)"

PROGRESS: LiteralString = """
select count(*) as documents, count(*) filter (where step not in ('planned', 'carried')) as done
from publication_document where publication_id = %s
"""

END: LiteralString = "update publication set state = %s, ended_at = clock_timestamp() where id = %s"

LOCK_COLLECTION: LiteralString = """
select stage, readers, paused, four_eyes from collection where id = %s and name_key is not null for no key update
"""

SET_STAGE: LiteralString = "update collection set stage = %s, edition = edition + 1 where id = %s"

PUBLISHED: LiteralString = """
update collection set stage = 'published', reviewed = true, readers = %s, edition = edition + 1 where id = %s
"""

PULLED_BACK: LiteralString = """
update collection set stage = %s, readers = %s, edition = edition + 1 where id = %s
"""

FOUR_EYES: LiteralString = "select four_eyes from collection where id = %s"

SET_FOUR_EYES: LiteralString = "update collection set four_eyes = %s, edition = edition + 1 where id = %s"

SET_REVIEWED: LiteralString = "update collection set reviewed = %s, edition = edition + 1 where id = %s"

# How each of some collections stands: what waits in its draft, what is to go, and how far it is checked.
STANDINGS: LiteralString = """
select c.id,
    (select count(*) from document d join collection p on p.id = d.collection_id
        where p.part_of = c.id and p.part = 'draft') as drafted,
    (select count(*) from staged_removal r where r.collection_id = c.id) as removals,
    (select p.state from publication p
        where p.collection_id = c.id and p.state in ('checking', 'publishing', 'rolling back')) as state,
    (select max(p.ended_at) from publication p where p.collection_id = c.id and p.state = 'published') as published_at
from unnest(%s::uuid[]) as c (id)
"""
