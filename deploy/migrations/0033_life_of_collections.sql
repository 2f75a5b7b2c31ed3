-- The life of a collection: from a draft to what all may read, paused, archived, deleted and recovered.

alter table collection
    add column stage text not null default 'published' check (stage in ('draft', 'checking', 'published')),
    add column reviewed boolean not null default false, -- what changes in it waits in its draft until it is published
    add column paused boolean not null default false, -- takes no new document
    add column archived boolean not null default false, -- its readers no longer find it; who keeps it still does
    add column edition integer not null default 0, -- rises with each change of what is said here, so that two do not undo each other
    add column deleted_at timestamptz, -- what was deleted can be recovered for a while; nobody finds it by its name
    add column deleted_name_key text; -- the one it had

-- Beside a collection that is reviewed: what waits to be published, and what the last publication took the place of.
alter table collection
    add column part text check (part in ('draft', 'former')),
    add column part_of uuid references collection on delete cascade,
    add constraint collection_part_of_one check ((part is null) = (part_of is null)),
    add constraint collection_has_one_of_each_part unique (part_of, part);

alter table collection drop constraint collection_named_or_of_a_conversation;
alter table collection add constraint collection_found_by_name_or_not check (
    (name_key is null) = (conversation_id is not null or part is not null or deleted_at is not null)
);
