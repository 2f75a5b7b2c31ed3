-- The catalogue: collections, their documents, and every version's text.

create table collection (
    id uuid primary key,
    name text not null,
    name_key text not null unique, -- the name without regard to case (Unicode case folding, done by the application)
    description text not null,
    owner text not null,
    readers text[] not null, -- groups; empty: every agent
    created_at timestamptz not null default now()
);

create table document (
    collection_id uuid not null references collection on delete cascade,
    id text not null,
    version integer not null check (version >= 1), -- the latest, whether indexed yet or not
    sha256 text not null,
    state text not null check (state in ('pending', 'indexed', 'failed')),
    failure text not null default '',
    primary key (collection_id, id)
);

-- Rows stay when a newer version comes: a citation names the version that it quotes.
create table document_version (
    collection_id uuid not null,
    document_id text not null,
    version integer not null,
    title text not null,
    url text not null,
    date date,
    in_force_from date,
    repealed_on date,
    text text not null,
    received_at timestamptz not null default now(),
    primary key (collection_id, document_id, version),
    foreign key (collection_id, document_id) references document on delete cascade
);

-- Embedding is the slowest step of an import; the same text under the same model is embedded once.
create table embedding (
    model text not null,
    key bytea not null, -- SHA-256 of the text
    vector bytea not null, -- float32, little-endian
    primary key (model, key)
);
