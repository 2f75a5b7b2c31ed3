-- Why somebody let a document through that waited, or refused it; with the document it goes.

alter table quarantine add column reason text not null default '';

-- What waits is listed by when it came.
create index quarantine_waiting on quarantine (collection_id, entered_at, id) where decision is null;

-- What people thought of the answers that stand on a document.
create index exchange_rated_by_source on exchange using gin ((reply -> 'sources') jsonb_path_ops)
    where useful is not null;
