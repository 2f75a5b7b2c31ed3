-- The list of documents as the console narrows, sorts and counts it; files that browsers send; changes to many documents.

-- Texts as a list compares them: without accents and capitals.
create function list_key(words text) returns text language sql immutable strict parallel safe as $$
select regexp_replace(lower(normalize(words, nfkd)), '[\u0300-\u036f]', '', 'g')
$$;

-- One narrow row a document, of its latest version: the versions hold whole texts, and are too wide to look through.
-- The triggers below keep it. Of what waits for a person's decision it knows no word of the text.
create table listed_document (
    collection_id uuid not null,
    id text not null,
    state text not null,
    words text collate "C" not null, -- title, number, identifier and name
    kind text,
    day date, -- of its signature, or else its date
    starts_on date, -- applies from then on
    repealed_on date,
    to_check boolean not null, -- something is a guess that nobody has confirmed
    source_id uuid references source on delete set null, -- null: somebody has given it
    received_at timestamptz not null,
    primary key (collection_id, id),
    foreign key (collection_id, id) references document on delete cascade
) with (fillfactor = 85);

create index listed_document_by_reception on listed_document (received_at nulls first, collection_id, id);
create index listed_document_by_title on listed_document (left(words, 60) nulls first, collection_id, id);
create index listed_document_by_day on listed_document (day nulls first, collection_id, id);
create index listed_document_of_source on listed_document (source_id) where source_id is not null;

create function list_documents(collection_ids uuid[], ids text[]) returns void language sql as $$
insert into listed_document as listed (
    collection_id, id, state, words, kind, day, starts_on, repealed_on, to_check, source_id, received_at
)
select d.collection_id, d.id, d.state,
    list_key(concat_ws(' ', nullif(v.title, ''), nullif(v.number, ''), d.id, nullif(r.name, d.id))),
    v.kind, coalesce(v.signed_on, v.date), coalesce(v.in_force_from, v.signed_on), v.repealed_on,
    coalesce(v.guessed <> '{}', false), s.id, latest.received_at
from (select distinct * from unnest(collection_ids, ids) as given (collection_id, id)) given
join document d using (collection_id, id)
join document_version latest
    on latest.collection_id = d.collection_id and latest.document_id = d.id and latest.version = d.version
left join document_version v
    on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
    and d.state <> 'quarantined'
left join received r on r.collection_id = d.collection_id and r.document_id = d.id
left join (source_entry e join source s on s.id = e.source_id)
    on e.document_id = split_part(d.id, '/', 1) and s.collection_id = d.collection_id
order by d.collection_id, d.id
on conflict (collection_id, id) do update set
    state = excluded.state, words = excluded.words, kind = excluded.kind, day = excluded.day,
    starts_on = excluded.starts_on, repealed_on = excluded.repealed_on, to_check = excluded.to_check,
    source_id = excluded.source_id, received_at = excluded.received_at
where listed is distinct from excluded
$$;

create function list_changed_documents() returns trigger language plpgsql as $$
begin
    perform list_documents(array_agg(collection_id), array_agg(id)) from changed;
    return null;
end
$$;

create function list_changed_documents_by_document_id() returns trigger language plpgsql as $$
begin
    perform list_documents(array_agg(collection_id), array_agg(document_id)) from changed;
    return null;
end
$$;

create trigger document_is_listed after insert on document
    referencing new table as changed for each statement execute function list_changed_documents();
create trigger document_is_listed_anew after update on document
    referencing new table as changed for each statement execute function list_changed_documents();
create trigger document_version_is_listed after insert on document_version
    referencing new table as changed for each statement execute function list_changed_documents_by_document_id();
create trigger document_version_is_listed_anew after update on document_version
    referencing new table as changed for each statement execute function list_changed_documents_by_document_id();
create trigger received_is_listed after insert on received
    referencing new table as changed for each statement execute function list_changed_documents_by_document_id();
create trigger received_is_listed_anew after update on received
    referencing new table as changed for each statement execute function list_changed_documents_by_document_id();

select list_documents(array_agg(collection_id), array_agg(id)) from document;

-- Which job of a reception is its latest.
drop index received_of_reception;
create index received_of_reception on received (reception_id, job_id);

-- Files that somebody's browser sends one by one: a reception that lasts.
create table upload (
    id uuid primary key references reception on delete cascade,
    closed_at timestamptz -- no more files come
);

create table upload_file (
    upload_id uuid not null references upload on delete cascade,
    name text not null, -- its path below what was dropped
    size bigint not null, -- bytes
    refusal text not null default '', -- why it was not taken, and what to do
    unchanged boolean not null default false, -- it was there in the same content
    collection_id uuid, -- where its documents are
    documents text[] not null default '{}', -- several of a file that holds others
    sent_at timestamptz not null default clock_timestamp(),
    primary key (upload_id, name)
);

-- The same change to many documents, one by one in the background.
create table bulk (
    id uuid primary key,
    principal jsonb not null, -- who has it done, with the groups and roles of that moment
    change text not null check (change in ('remove', 'retry', 'reindex', 'repeal', 'confirm')),
    repealed_on date,
    documents integer not null,
    begun_at timestamptz not null default now(),
    ended_at timestamptz,
    problem text not null default '', -- why it does not get on
    leased_until timestamptz -- until then one process is at it
);

create index bulk_under_way on bulk (begun_at) where ended_at is null;

create table bulk_document (
    bulk_id uuid not null references bulk on delete cascade,
    collection_id uuid not null, -- no reference: what is removed keeps its line
    document_id text not null,
    outcome text check (outcome in ('done', 'left')), -- null: its turn is to come
    reason text not null default '', -- why it was left as it was
    primary key (bulk_id, collection_id, document_id)
);

create index bulk_document_to_do on bulk_document (bulk_id, collection_id, document_id) where outcome is null;
create index bulk_document_left on bulk_document (bulk_id) where outcome = 'left';
