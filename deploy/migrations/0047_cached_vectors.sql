-- Of collections of documents, unlike those of conversations' files, vectors are kept by the content of their texts: they
-- go with the points (ingestion/erasure.py).
alter table erasure add column cached boolean not null default false;

create or replace function erase_later() returns trigger language plpgsql as $$
begin
    insert into erasure (collection_id, cached) values (old.id, old.conversation_id is null);
    return null;
end
$$;
