-- The words that a collection's documents use, and what their acronyms stand for: for questions typed in a hurry.
-- Nothing stands here that fewer than two documents hold. It is counted anew after documents came, changed or went;
-- see retrieval/understanding/counting.py.

create table vocabulary (
    collection_id uuid not null references collection on delete cascade,
    folded text collate "C" not null, -- in lower case, without accents
    word text collate "C" not null, -- as people write it in the midst of a sentence
    documents integer not null check (documents >= 2),
    primary key (folded, collection_id, word)
);

create index vocabulary_of_collection on vocabulary (collection_id);

create table acronym (
    collection_id uuid not null references collection on delete cascade,
    folded text collate "C" not null, -- the acronym, in lower case, without accents
    long_folded text collate "C" not null, -- words with one blank between them
    long text collate "C" not null,
    documents integer not null check (documents >= 2),
    primary key (folded, collection_id, long_folded)
);

create index acronym_of_collection on acronym (collection_id);

create table vocabulary_count (
    collection_id uuid primary key references collection on delete cascade,
    seen text not null, -- of which documents it is the count; empty: it is being counted
    words bigint not null default 0, -- the sum of vocabulary.documents
    rest_until timestamptz not null -- nobody else counts before
);
