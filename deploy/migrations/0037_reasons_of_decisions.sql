-- Why somebody let a document through that waited, or refused it; with the document it goes.

alter table quarantine add column reason text not null default '';

-- What waits is listed by when it came.
create index quarantine_waiting on quarantine (collection_id, entered_at, id) where decision is null;
