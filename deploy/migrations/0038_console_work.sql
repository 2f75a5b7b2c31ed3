-- What the console shows of the product's own work, and what its administrators say to everybody.

-- A banner on all pages, between two moments, until it is withdrawn; see ui/announcements.py. Its text is no secret.
create table announcement (
    id bigint generated always as identity primary key,
    text text not null check (text <> ''),
    kind text not null check (kind in ('info', 'warning', 'alert')),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    published_by text not null, -- their name, for the other administrators
    published_at timestamptz not null,
    edition integer not null default 1, -- rises with each change
    withdrawn_at timestamptz,
    check (ends_at > starts_at)
);

create index announcement_not_over on announcement (ends_at) where withdrawn_at is null;

-- The jobs of some collections from the newest on, and the few documents that are not simply there.
create index received_of_collection_by_job on received (collection_id, job_id);
create index document_not_indexed on document (collection_id, state, id) where state <> 'indexed';
