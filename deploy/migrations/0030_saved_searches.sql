-- Searches of the register that an auditor keeps: the filters alone, never what they find.

create table review_search (
    id uuid primary key,
    auditor text not null,  -- their pseudonym
    name text not null check (name <> ''),
    filters jsonb not null,  -- the fields of the form, as they were typed
    kept_at timestamptz not null default now(),
    unique (auditor, name)
);
