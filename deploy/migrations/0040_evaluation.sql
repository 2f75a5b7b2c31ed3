-- Questions whose documents are known, in sets of a collection, and the evaluations made of them; see
-- retrieval/question_sets.py and ui/evaluation/runs.py. Both hold words that people typed to be kept.

create table question_set (
    id uuid primary key,
    collection_id uuid not null references collection on delete cascade,
    name text not null,
    name_key text not null,
    golden boolean not null default false, -- asked before anything is published in the collection
    edition integer not null default 0, -- rises with each change, of its questions too
    created_at timestamptz not null default now(),
    created_by text not null, -- the username, for people
    unique (collection_id, name_key)
);

create table question (
    set_id uuid not null references question_set on delete cascade,
    id text collate "C" not null, -- as files name it
    question text not null,
    relevant text[] not null, -- the documents that answer it; none: it must be refused
    note text not null default '',
    edition integer not null default 0,
    primary key (set_id, id)
);

create table evaluation_run (
    id uuid primary key,
    set_id uuid not null references question_set on delete cascade,
    kind text not null check (kind in ('search', 'answers')),
    state text not null check (state in ('queued', 'running', 'finished', 'failed', 'cancelled', 'interrupted')),
    depth integer not null check (depth between 1 and 100), -- documents read for each question
    asked_at timestamptz not null default now(),
    asked_by text not null, -- the username, for people
    started_at timestamptz,
    ended_at timestamptz,
    seen_at timestamptz not null default now(), -- by the process that makes it, while it lives
    questions integer not null,
    done integer not null default 0,
    settings jsonb not null default '{}', -- what decided: models, index, order, thresholds, prompt
    figures jsonb not null default '{}', -- by key
    result jsonb, -- question by question, once it is finished
    failure text not null default '' -- a French sentence
);

create index evaluation_run_by_set on evaluation_run (set_id, asked_at desc);
create index evaluation_run_at_work on evaluation_run (asked_at) where state in ('queued', 'running');
