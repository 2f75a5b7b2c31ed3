"""The guardrails' queries; the tables are in deploy/migrations (0007_guardrails.sql, 0018_attachments.sql,
0037_reasons_of_decisions.sql)."""

from typing import LiteralString

# A part of a collection goes by the collection's own.
SELECT_RESPONSES: LiteralString = """
select coalesce(whole.responses, c.responses) as responses, c.conversation_id is not null as unattended
from collection c left join collection whole on whole.id = c.part_of where c.id = %s
"""

# Those that are not given stay.
PUT_RESPONSES: LiteralString = """
update collection set responses = responses || %s where id = %s
returning responses, conversation_id is not null as unattended
"""

# The last word on that very content; a version that was overtaken before anybody decided says nothing.
SELECT_DECISIONS: LiteralString = """
select distinct on (q.document_id) q.document_id, q.decision
from quarantine q
join unnest(%(ids)s::text[], %(digests)s::bytea[]) as given (id, digest)
    on q.document_id = given.id and q.digest = given.digest
where q.collection_id = %(collection_id)s and q.decision in ('released', 'refused')
order by q.document_id, q.id desc
"""

# What waits and is of an older version waits no more, and its text is nobody's business.
WITHDRAW: LiteralString = """
with overtaken as (
    update quarantine q set decision = 'withdrawn', decided_at = now(), unseen = ''
    from document d
    where d.collection_id = q.collection_id and d.id = q.document_id and q.version < d.version
    and q.collection_id = %(collection_id)s and q.document_id = any(%(ids)s) and q.decision is null
    returning q.collection_id, q.document_id, q.version
)
update document_version v set text = ''
from overtaken o
where v.collection_id = o.collection_id and v.document_id = o.document_id and v.version = o.version
"""

DELETE_WAITING: LiteralString = """
delete from quarantine where collection_id = %(collection_id)s and document_id = any(%(ids)s) and decision is null
"""

HOLD: LiteralString = """
insert into quarantine (collection_id, document_id, version, digest, unseen)
select %(collection_id)s, id, version, digest, unseen
from unnest(%(ids)s::text[], %(versions)s::int[], %(digests)s::bytea[], %(unseen)s::text[])
    as given (id, version, digest, unseen)
"""

# Only while that version is still the latest.
MARK_QUARANTINED: LiteralString = """
update document d set state = 'quarantined', failure = ''
from unnest(%(ids)s::text[], %(versions)s::int[]) as held (id, version)
where d.collection_id = %(collection_id)s and d.id = held.id and d.version = held.version
"""

_HELD: LiteralString = """
select q.id, q.collection_id, q.document_id, q.version, q.entered_at, q.digest, q.unseen, v.title, v.text, v.found,
       d.state = 'quarantined' and d.version = q.version and q.decision is null as waits
from quarantine q
join document d on d.collection_id = q.collection_id and d.id = q.document_id
join document_version v on v.collection_id = q.collection_id and v.document_id = q.document_id and v.version = q.version
"""

# What waits, as far as it is wanted, with no word of its text.
_WAITING: LiteralString = """
from quarantine q
join document d on d.collection_id = q.collection_id and d.id = q.document_id
join document_version v on v.collection_id = q.collection_id and v.document_id = q.document_id and v.version = q.version
where q.collection_id = any(%(collections)s) and q.decision is null
    and d.state = 'quarantined' and d.version = q.version
    and (%(concern)s::text is null or v.found @> jsonb_build_array(jsonb_build_object('concern', %(concern)s::text)))
    and (%(since)s::date is null or q.entered_at >= %(since)s::date::timestamp at time zone 'Europe/Paris')
    and (%(until)s::date is null or q.entered_at < (%(until)s::date + 1)::timestamp at time zone 'Europe/Paris')
"""

SELECT_WAITING: LiteralString = f"""
select q.id, q.collection_id, q.document_id, q.version, q.entered_at, v.found {_WAITING}
"""

_PART: LiteralString = "limit %(limit)s offset %(offset)s"

OLDEST_FIRST: LiteralString = f"{SELECT_WAITING} order by q.entered_at, q.id {_PART}"

NEWEST_FIRST: LiteralString = f"{SELECT_WAITING} order by q.entered_at desc, q.id desc {_PART}"

COUNT_WAITING: LiteralString = f"select count(*) as documents {_WAITING}"

# What waits beside one that waits: of the same content in any of these collections, or in its own where the same kinds
# of things were found.
SELECT_ALIKE: LiteralString = """
with waiting as (
    select q.id, q.collection_id, q.digest, (
        select jsonb_agg(distinct jsonb_build_array(one ->> 'concern', one ->> 'what'))
        from jsonb_array_elements(v.found) as one
    ) as kinds
    from quarantine q
    join document d on d.collection_id = q.collection_id and d.id = q.document_id and d.version = q.version
    join document_version v
        on v.collection_id = q.collection_id and v.document_id = q.document_id and v.version = q.version
    where q.collection_id = any(%(collections)s) and q.decision is null and d.state = 'quarantined'
)
select other.id, other.digest = given.digest as of_same_text,
    other.collection_id = given.collection_id and other.kinds = given.kinds as of_same_findings
from waiting given join waiting other on other.id <> given.id
where given.id = %(id)s
    and (other.digest = given.digest or (other.collection_id = given.collection_id and other.kinds = given.kinds))
order by other.id
"""

SELECT_HELD: LiteralString = f"{_HELD} where q.id = %s"

# The number of the version that waits of a document.
SELECT_WAITING_OF_DOCUMENT: LiteralString = """
select q.id from quarantine q where q.collection_id = %s and q.document_id = %s and q.decision is null
"""

# The document's row alone, as an import does first: then neither waits for the other crosswise.
LOCK_HELD: LiteralString = f"{_HELD} where q.id = %s for update of d"

DECIDE: LiteralString = """
update quarantine set decision = %(decision)s, decided_at = now(), reason = %(reason)s, unseen = ''
where id = %(id)s and decision is null
"""

RELEASE: LiteralString = """
update document set state = 'pending', failure = '' where collection_id = %(collection_id)s and id = %(document_id)s
"""

# What the text said of itself goes with it.
REFUSE: LiteralString = """
with refused as (
    update document set state = 'failed', failure = %(failure)s
    where collection_id = %(collection_id)s and id = %(document_id)s
)
update document_version set
    text = '', title = document_id, url = '', kind = null, number = '', replaces = '{}', replaced_by = '',
    author = '', author_key = '', guessed = '{}'
where collection_id = %(collection_id)s and document_id = %(document_id)s and version = %(version)s
"""
