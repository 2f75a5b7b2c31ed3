-- What texts hold that their collection may not take as it is, and what people decided about them.

-- The collection's rule, by concern (see policies/guardrails); what it does not name is answered as usual.
alter table collection add column responses jsonb not null default '{}';

alter table document drop constraint document_state_check;
alter table document add constraint document_state_check
    check (state in ('pending', 'indexed', 'failed', 'quarantined'));

-- Kinds, counts and places of what was found in this version; never the words themselves.
alter table document_version add column found jsonb not null default '[]';

-- Versions that wait for a person's decision, and those that no longer do.
create table quarantine (
    id bigint generated always as identity primary key,
    collection_id uuid not null,
    document_id text not null,
    version integer not null,
    digest bytea not null, -- SHA-256 of what was looked at and of what was found there
    unseen text not null, -- what no reader of the file sees; kept for the decision only
    entered_at timestamptz not null default now(),
    decision text check (decision in ('released', 'refused', 'withdrawn')), -- withdrawn: a newer version came
    decided_at timestamptz,
    foreign key (collection_id, document_id) references document on delete cascade
);

create unique index quarantine_waits_once on quarantine (collection_id, document_id) where decision is null;
create index quarantine_of_digest on quarantine (collection_id, document_id, digest);
