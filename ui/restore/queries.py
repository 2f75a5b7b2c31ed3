"""What a restore reads and changes beside what the backup brings."""

from typing import LiteralString

# Whether anything lies in a database.
HAS_TABLES: LiteralString = """
select exists (select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm'))
"""

DOCUMENTS: LiteralString = "select collection_id, id from document"
COLLECTIONS: LiteralString = "select id, deleted_at is not null as binned from collection where conversation_id is null"
CONVERSATIONS: LiteralString = "select id from conversation"
FILES: LiteralString = "select collection_id, id from attachment"

# Everybody who ever did anything, and whoever something is kept of.
PEOPLE: LiteralString = """
select distinct body ->> 'subject' as subject, body ->> 'username' as name
from (select convert_from(body, 'UTF8')::jsonb -> 'principal' as body from ledger_record) as principal
where coalesce(body ->> 'subject', '') <> ''
union select owner, owner from conversation
union select owner, owner from collection where conversation_id is not null and owner <> ''
"""

DELETE_CONVERSATION: LiteralString = """
delete from conversation where id = %s
returning (select count(*) from exchange where conversation_id = conversation.id) as exchanges, (
    select count(*) from attachment join collection on collection.id = collection_id
    where collection.conversation_id = conversation.id
) as files
"""

DELETE_FILE: LiteralString = "delete from attachment where collection_id = %s and id = %s returning name"

CONVERSATION_OF: LiteralString = "select conversation_id from collection where id = %s"

COLLECTION: LiteralString = """
select id, coalesce(name, '') as name, description, owner, readers, created_at, conversation_id, stage, reviewed,
    paused, archived, edition
from collection where id = %s
"""

# Whoever was signed out since the backup was made must not be signed in again by it.
FORGET_SESSIONS: LiteralString = "delete from session"

TO_INDEX: LiteralString = "select count(*) from document where state = 'pending'"
