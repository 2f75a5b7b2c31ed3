-- The audit ledger: what was done, in the order in which it was committed.

-- How many records there are; no row means none. Its row is locked from an append to the end of the
-- transaction, which gives records their order.
create table ledger_head (
    one boolean primary key default true check (one),
    size bigint not null check (size > 0)
) with (fillfactor = 10);  -- room for new versions of the row on its own page

-- `body` is canonical JSON (RFC 8785) as bytes: what will be hashed is what is stored.
create table ledger_record (
    index bigint primary key check (index >= 0),
    at timestamptz not null,
    body bytea not null
);

-- Texts of which `body` holds only commitments. Rows may be erased; the record stays as it is.
-- `text` is UTF-8 as bytes, because questions may hold what PostgreSQL's text cannot (U+0000).
create table ledger_content (
    record bigint not null references ledger_record (index),
    name text not null,
    salt bytea not null check (length(salt) = 32),
    text bytea not null,
    primary key (record, name)
);

create function refuse_to_rewrite_the_ledger() returns trigger language plpgsql as $$
begin
    raise exception 'the audit ledger only grows: % of % refused', tg_op, tg_table_name
        using errcode = 'insufficient_privilege';
end
$$;

create trigger ledger_record_only_grows
    before update or delete or truncate on ledger_record
    for each statement execute function refuse_to_rewrite_the_ledger();

create trigger ledger_head_stays
    before delete or truncate on ledger_head
    for each statement execute function refuse_to_rewrite_the_ledger();

create trigger ledger_head_only_counts_up
    before update on ledger_head
    for each row when (new.size <> old.size + 1)
    execute function refuse_to_rewrite_the_ledger();
