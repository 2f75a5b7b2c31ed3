-- Embedding models with the indexes that they fill. One is in use; another may be on its way to take its place.
create table vector_space (
    id integer generated always as identity primary key,
    place text not null unique, -- tells its index from others; empty: the first one's
    embedding text not null, -- the model's name
    state text not null check (state in ('in use', 'next', 'left')),
    since timestamptz not null default now(), -- in that state
    problem text not null default '', -- why the next one is not getting on
    leased_by uuid, -- one process fills the next one
    leased_until timestamptz
);

create unique index vector_space_in_use on vector_space (state) where state = 'in use';
create unique index vector_space_next on vector_space (state) where state = 'next';

-- Of which documents the next index has the points. No reference to document: what is deleted leaves it too.
create table vector_space_copy (
    space_id integer not null references vector_space on delete cascade,
    collection_id uuid not null,
    document_id text not null,
    seen text not null, -- which state of the document's rows was copied; empty: to be copied again
    points integer not null,
    whole boolean not null, -- whether these are the points that the catalogue says
    primary key (space_id, collection_id, document_id)
);
