-- Files attached to a conversation: documents of a collection that belongs to it. No name leads there (`name_key`), and
-- in `owner` stands the subject of the person whose it is. The conversation may begin after its first file, so that
-- it is no foreign key; the triggers below see to it that its files go with it, whatever deletes it.

alter table collection
    alter column name_key drop not null,
    add column conversation_id uuid unique,
    add constraint collection_named_or_of_a_conversation check ((name_key is null) = (conversation_id is not null));

-- One file; its documents' identifiers begin with its own, for an archive holds several.
create table attachment (
    id uuid primary key,
    collection_id uuid not null references collection on delete cascade,
    name text not null, -- as its owner calls it
    sha256 text not null, -- of its bytes
    attached_at timestamptz not null default clock_timestamp(),
    unique (collection_id, sha256)
);

-- Collections of conversations that are gone, of which the index may still hold points.
create table erasure (
    collection_id uuid primary key,
    since timestamptz not null default now()
);

create function take_files_of_conversation() returns trigger language plpgsql as $$
begin
    delete from collection where conversation_id = old.id;
    return null;
end
$$;

create trigger conversation_takes_its_files
    after delete on conversation
    for each row execute function take_files_of_conversation();

create function erase_later() returns trigger language plpgsql as $$
begin
    insert into erasure (collection_id) values (old.id);
    return null;
end
$$;

create trigger collection_of_conversation_is_erased
    after delete on collection
    for each row when (old.conversation_id is not null)
    execute function erase_later();
