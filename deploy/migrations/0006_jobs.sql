-- What was received and which job reads it. The jobs themselves are Procrastinate's (see ui/queue_schema.py).

-- One reception of documents: an import, or a person's own upload. What a worker does is done for that person.
create table reception (
    id uuid primary key,
    collection_id uuid not null references collection on delete cascade,
    principal jsonb not null, -- with the groups and roles of that moment
    received_at timestamptz not null default now()
);

create index reception_of_collection on reception (collection_id);

-- Of each document, the latest version that was received, and where its original lies.
-- What a job still has to do is what is pending in the catalogue and names it here.
create table received (
    collection_id uuid not null,
    document_id text not null,
    version integer not null,
    reception_id uuid not null references reception on delete cascade,
    job_id bigint not null, -- no reference: finished jobs are deleted
    name text not null, -- for people
    blob text not null, -- SHA-256 of the file that holds it
    start bigint, -- a record stands in a file of records from this byte
    length bigint, -- so many bytes; null with `start`: the file is the document
    delay text not null default '', -- why the latest attempt came to nothing, while another will follow
    retry boolean not null default false, -- it failed for no fault of its own: importing it again tries again
    points integer, -- in the index, once it is there
    primary key (collection_id, document_id),
    foreign key (collection_id, document_id) references document on delete cascade
);

create index received_of_job on received (job_id);
create index received_of_reception on received (reception_id);
create index received_blob on received (blob);
