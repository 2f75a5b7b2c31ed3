-- The ledger's Merkle tree (RFC 9162) and its signed checkpoints; appending through one function, so that the
-- application needs no right to write records. Who may do what stands in ui/database_roles.py.

-- The hash over the complete subtree of the leaves from index * 2^level up to (index + 1) * 2^level. Level 0 holds
-- the hash of each record, which stays where the record itself is purged. Filled as checkpoints are taken.
create table ledger_node (
    level smallint not null check (level between 0 and 62),
    index bigint not null check (index >= 0),
    hash bytea not null check (length(hash) = 32),
    primary key (level, index)
);

-- Signed notes, each over all records before it.
create table ledger_checkpoint (
    size bigint primary key check (size > 0),
    at timestamptz not null,
    note text not null
);

create trigger ledger_node_only_grows
    before update or delete or truncate on ledger_node
    for each statement execute function refuse_to_rewrite_the_ledger();

create trigger ledger_checkpoint_only_grows
    before update or delete or truncate on ledger_checkpoint
    for each statement execute function refuse_to_rewrite_the_ledger();

-- Texts come through the function below alone; to look their record up once more would cost a tenth of an append.
alter table ledger_content drop constraint ledger_content_record_fkey;

-- The next records, with their texts; gives the index of the first. `places` says of each text which of the records it
-- belongs to, counted from 0. The row of `ledger_head` stays locked to the end of the transaction: indexes follow the
-- order of commits, and a rollback gives them back.
create function ledger_append(
    ats timestamptz[], bodies bytea[], places int[], names text[], salts bytea[], texts bytea[]
) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    many constant int := cardinality(bodies);
    first bigint;
begin
    insert into ledger_head as head (size) values (many)
    on conflict (one) do update set size = head.size + many
    returning size - many into first;
    insert into ledger_record (index, at, body)
    select first + record.place - 1, record.at, record.body
    from unnest(ats, bodies) with ordinality as record (at, body, place);
    if cardinality(names) > 0 then
        insert into ledger_content (record, name, salt, text)
        select first + content.place, content.name, content.salt, content.text
        from unnest(places, names, salts, texts) as content (place, name, salt, text);
    end if;
    return first;
end
$$;

revoke execute on function ledger_append from public;

-- Several records may come at once.
drop trigger ledger_head_only_counts_up on ledger_head;

create trigger ledger_head_only_counts_up
    before update on ledger_head
    for each row when (new.size <= old.size)
    execute function refuse_to_rewrite_the_ledger();
