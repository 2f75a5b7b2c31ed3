-- Places that collections follow. No secret is here: `credentials` names a section of the settings.

create table source (
    id uuid primary key,
    collection_id uuid not null references collection on delete cascade,
    name text not null,
    name_key text not null unique, -- as a collection's
    kind text not null check (kind in ('folder', 's3', 'webdav', 'jsonl')),
    location text not null, -- a path, or an address without credentials
    credentials text not null, -- empty: none
    every_minutes integer check (every_minutes > 0), -- null: only when somebody asks
    principal jsonb not null, -- who had it followed, with the groups and roles of that moment
    added_at timestamptz not null default now(),
    synced_at timestamptz, -- when it was last tried
    failure text not null default '', -- why that came to nothing
    counts jsonb not null default '{}', -- what it changed
    leased_until timestamptz -- until then one process is at it
);

create index source_of_collection on source (collection_id);

-- What the collection holds of it. A row is there before its document is, and until after it is gone.
create table source_entry (
    source_id uuid not null references source on delete cascade,
    key text not null,
    fingerprint text not null default '', -- empty: to be read
    sha256 text not null default '', -- of its bytes; empty: not known
    document_id text not null unique, -- a file that holds others has theirs below it, behind «/»
    primary key (source_id, key)
);
