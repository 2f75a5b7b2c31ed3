-- What the review of the register is read from: for each record of the ledger, by what it is found. It holds no name,
-- only pseudonyms, and can be made anew from the ledger at any time (policies/review/projection.py).

create table review_record (
    index bigint primary key, -- of the record in the ledger
    at timestamptz not null,
    act text not null,
    who text not null, -- pseudonym; empty for nobody
    keys text[] not null -- see policies/review/keys.py
);

create index review_record_by_person on review_record (who, index) where who <> '';

-- Terms are keys, act and person. Each is a number: above, the block of 32,768 records in which the record lies;
-- below, 40 bits of a hash of the term (hashtextextended is part of hash partitioning, so it stays the same; where two
-- terms share these, who reads compares the terms themselves). So one index tells which records of one block have any
-- combination of terms, in a time that does not depend on how many there are elsewhere; a page of the newest is found by
-- walking back block by block; and what is read last goes to the end of the index.
create function review_wanted(block bigint, terms text[]) returns bigint[]
language sql immutable parallel safe as $$
    select array_agg(block << 40 | (hashtextextended(term, block) & ((1::bigint << 40) - 1))) from unnest(terms) as term
$$;

create function review_terms(index bigint, act text, who text, keys text[]) returns bigint[]
language sql immutable parallel safe as $$
    select array_agg((index >> 15) << 40 | (hashtextextended(term, index >> 15) & ((1::bigint << 40) - 1)))
    from unnest(keys || array['act:' || act, 'who:' || who]) as term
$$;

-- What comes in is sorted in by `review_settle` at the end of each batch, three times as fast as row by row; what is
-- not sorted in would be read whole for every block.
create index review_record_by_term on review_record using gin (review_terms(index, act, who, keys))
    with (gin_pending_list_limit = 262144);

create function review_settle() returns void
language sql security definer set search_path = public, pg_temp as $$
    select gin_clean_pending_list('review_record_by_term')
$$;

-- Which records are of a day (in Paris): they lie between these two, with others where a clock was set back.
create table review_day (
    day date primary key,
    first bigint not null,
    last bigint not null check (last >= first)
);

-- How often an act was done on a day; with a collection, how often it named that one. Stays where records are purged.
create table review_use (
    day date not null,
    act text not null,
    collection text not null, -- empty: all records of that act
    count bigint not null,
    primary key (day, act, collection)
);

-- How far the ledger has been read, and by which keys; no row: nothing yet.
create table review_head (
    one boolean primary key default true check (one),
    next bigint not null, -- the index of the first record that has not been read
    scheme text not null -- with another one, all is to be made anew
);

-- The application has no right to truncate, and deleting ten million rows takes minutes.
create function review_start_over() returns void
language sql security definer set search_path = public, pg_temp as $$
    truncate review_record, review_day, review_use, review_head
$$;
