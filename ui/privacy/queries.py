"""What the product keeps of one person, and how it goes."""

from typing import LiteralString

# By the name with which they sign in, or by their subject.
SUBJECTS: LiteralString = """
select subject from session where %(name)s in (subject, username)
union select owner from conversation where owner = %(name)s
union select owner from collection where owner = %(name)s and conversation_id is not null
union select principal ->> 'subject' from reception
where %(name)s in (principal ->> 'subject', principal ->> 'username')
union select principal ->> 'subject' from source
where %(name)s in (principal ->> 'subject', principal ->> 'username')
"""

# The subjects of those who did something under that name; `needle` spares the reading of all other records.
SUBJECTS_OF_RECORDS: LiteralString = """
select distinct substring(convert_from(body, 'UTF8') from %(pattern)s) from ledger_record
where position(%(needle)s::bytea in body) > 0
"""

CONVERSATIONS: LiteralString = """
select id, title, started_at, updated_at from conversation where owner = %(subject)s order by started_at, id
"""

EXCHANGES: LiteralString = """
select exchange.id, question, asked_at, task, reply, useful, reason
from exchange join conversation on conversation.id = conversation_id
where conversation_id = %(id)s and owner = %(subject)s order by asked_at, exchange.id
"""

FILES: LiteralString = """
select attachment.id, conversation_id, attachment.name, sha256, attached_at
from attachment join collection on collection.id = collection_id
where owner = %(subject)s and conversation_id is not null order by attached_at, attachment.id
"""

ORIGINALS: LiteralString = """
select distinct on (blob) blob, conversation_id, received.name
from received join collection on collection.id = received.collection_id
where owner = %(subject)s and conversation_id is not null and blob <> ''
order by blob
"""

SESSIONS: LiteralString = """
select id, username, groups, roles, created_at, used_at from session where subject = %(subject)s order by created_at
"""

RECEPTIONS: LiteralString = """
select reception.id, received_at, collection.name as collection, count(received.document_id) as documents
from reception join collection on collection.id = reception.collection_id
left join received on received.reception_id = reception.id
where principal ->> 'subject' = %(subject)s group by reception.id, collection.name order by received_at
"""

SOURCES: LiteralString = """
select source.name, kind, location, added_at, collection.name as collection
from source join collection on collection.id = source.collection_id
where principal ->> 'subject' = %(subject)s order by added_at
"""

CHOICES: LiteralString = """
select (select months from conversation_choice where owner = %(subject)s) as conversation_months,
    (select count(*) from asked_lately where subject = %(subject)s) as asked_within_the_hour
"""

RECORDS: LiteralString = """
select index, record.at, body from review_record join ledger_record as record using (index)
where who = %(who)s and index >= %(start)s order by index limit %(limit)s
"""

TEXTS: LiteralString = "select record, name, text from ledger_content where record = any(%s) order by record, name"

ABOUT: LiteralString = """
select index, record.at, found.act from review_keyed(array['about:' || %(who)s]) as found
join ledger_record as record using (index) order by index
"""

LAST_RECORD: LiteralString = """
select max(record.at) as at from review_record join ledger_record as record using (index) where who = %(who)s
"""

DELETE_CONVERSATIONS: LiteralString = """
delete from conversation where owner = %(subject)s and not id = any(%(kept)s) returning id
"""

# Files of conversations that never began.
DELETE_FORSAKEN: LiteralString = """
delete from collection
where owner = %(subject)s and conversation_id is not null and not conversation_id = any(%(kept)s)
returning conversation_id
"""

DELETE_SESSIONS: LiteralString = "delete from session where subject = %(subject)s"
DELETE_ASKED: LiteralString = "delete from asked_lately where subject = %(subject)s"
DELETE_CHOICE: LiteralString = "delete from conversation_choice where owner = %(subject)s"

TEXTS_LEFT: LiteralString = """
select count(*) as texts from ledger_content join review_record on record = index
where who = %(who)s and not is_of_auditors(act)
"""
