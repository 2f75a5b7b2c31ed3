-- How what was prepared comes to its readers, and back: see ingestion/publication.

-- Each time that a collection, or what changes in it, was submitted to a check.
create table publication (
    id uuid primary key,
    collection_id uuid not null references collection on delete cascade,
    state text not null check (state in ('checking', 'publishing', 'published', 'rolling back', 'rolled back')),
    is_first boolean not null, -- of the collection itself; otherwise of what waits in its draft
    submitted_by jsonb not null, -- the principal
    submitted_at timestamptz not null default now(),
    checklist jsonb, -- null: not signed yet
    checked text not null default '', -- the fingerprint of the change that was signed for
    figures jsonb, -- of the golden questions; null: not measured yet
    measured text not null default '', -- the fingerprint of the change that was measured
    forced text not null default '', -- why it was published although figures fell
    readers_before text[] not null default '{}',
    readers_after text[] not null default '{}',
    decided_by jsonb, -- who had it published, or rolled back
    rules text[] not null default '{}', -- that allowed it
    cleared boolean not null default false, -- of what the publication before had replaced
    ended_at timestamptz
);

create index publication_of_collection on publication (collection_id, submitted_at);

create unique index publication_under_way on publication (collection_id)
    where state in ('checking', 'publishing', 'rolling back');

-- What a publication does to each document. A change of its step commits with what it stands for.
create table publication_document (
    publication_id uuid not null references publication on delete cascade,
    document_id text not null,
    change text not null check (change in ('added', 'changed', 'removed')),
    draft_version integer, -- the version that was checked; null: removed
    version integer, -- the one that it takes in the collection; null: not known yet
    step text not null default 'planned' check (step in ('planned', 'carried', 'done', 'left')),
    primary key (publication_id, document_id)
);

-- Documents that the next publication of the collection takes out of it.
create table staged_removal (
    collection_id uuid not null,
    document_id text not null,
    primary key (collection_id, document_id),
    foreign key (collection_id, document_id) references document on delete cascade
);
