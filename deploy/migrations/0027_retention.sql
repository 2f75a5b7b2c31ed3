-- For how long things are kept (policies/retention.py), and how they go.

-- Which records are old, without a cost for those who append.
create index ledger_record_by_time on ledger_record using brin (at);

-- How old a record is, its own time does not tell alone: a clock that was wrong, or whoever can append, may have written
-- another. A record may go once a checkpoint over it is that old; checkpoints' times never go back.

create index ledger_checkpoint_by_time on ledger_checkpoint (at, size);

-- How many records had been signed before that moment.
create function ledger_signed_before(moment timestamptz) returns bigint language sql stable as $$
    select coalesce((select size from ledger_checkpoint where at < moment order by at desc, size desc limit 1), 0)
$$;

-- A record may go by `ledger_purge` alone, and only where it and a checkpoint over it are six months old, and no legal hold
-- keeps it. Its hash stays in `ledger_node`.
create function refuse_to_shorten_the_ledger() returns trigger language plpgsql as $$
begin
    if current_setting('ledger.purge', true) is distinct from 'on'
        or old.at >= now() - interval '6 months'
        or old.index >= ledger_signed_before(now() - interval '6 months')
        or ledger_held(old.index)
    then
        raise exception 'the audit ledger only grows: % of % refused', tg_op, tg_table_name
            using errcode = 'insufficient_privilege';
    end if;
    return old;
end
$$;

drop trigger ledger_record_only_grows on ledger_record;

create trigger ledger_record_only_grows
    before update or truncate on ledger_record
    for each statement execute function refuse_to_rewrite_the_ledger();

create trigger ledger_record_goes_in_time
    before delete on ledger_record
    for each row execute function refuse_to_shorten_the_ledger();

-- Removes the first `most` records from before that moment that may go, with their texts; gives their indexes in order.
-- Whoever calls it records in the same transaction what went. What later verifications need stays: which records went,
-- and which keys signed. No hold is placed meanwhile.
create function ledger_purge(before timestamptz, most int) returns bigint[] language plpgsql as $$
declare
    due_at constant timestamptz := least(before, now() - interval '6 months');
    signed constant bigint := ledger_signed_before(due_at);
    gone bigint[];
begin
    lock table review_hold in share mode;
    select array_agg(due.index order by due.index) into gone from (
        select record.index from ledger_record record
        where record.at < due_at
            and record.index < signed
            and position('"act":"ledger.purged"'::bytea in record.body) = 0
            and position('"act":"audit.key_rotated"'::bytea in record.body) = 0
            and not ledger_held(record.index)
        order by record.index limit most
    ) due;
    if gone is null then
        return '{}';
    end if;
    perform set_config('ledger.purge', 'on', true);
    delete from ledger_content where record = any(gone);
    delete from ledger_record where index = any(gone);
    perform set_config('ledger.purge', 'off', true);
    return gone;
end
$$;

revoke execute on function ledger_purge from public;

-- The last day (in Paris) of which the sweep is done.
create table retention_sweep (
    one boolean primary key default true check (one),
    day date not null
);

-- In months, less than the ministry's own time: for conversations that stand on a collection, and for a person's own.
alter table collection add column conversation_months smallint check (conversation_months between 1 and 120);

create table conversation_choice (
    owner text primary key, -- the principal's subject
    months smallint not null check (months between 1 and 120)
);

-- Conversations that are gone, of which the ledger may still keep texts (policies/review/erasing.py).
create table conversation_gone (
    conversation_id uuid primary key,
    since timestamptz not null default now()
);

create function conversation_is_gone() returns trigger language plpgsql as $$
begin
    insert into conversation_gone (conversation_id) values (old.id) on conflict do nothing;
    return null;
end
$$;

create trigger conversation_takes_its_texts
    after delete on conversation
    for each row execute function conversation_is_gone();

-- The records that the review found to have one of these keys (policies/review/keys.py).
create function review_keyed(wanted text[]) returns table (index bigint, act text) language sql stable as $$
    select distinct seen.index, seen.act
    from unnest(wanted) as key
    cross join generate_series(0, (select max(held.index) >> 15 from review_record held)) as block
    cross join lateral (
        select held.index, held.act from review_record held
        where review_terms(held.index, held.act, held.who, held.keys) @> review_wanted(block, array[key])
            and held.keys @> array[key]
    ) as seen
$$;

-- What auditors wrote about others (reasons, notes) is no text of those others.
create function is_of_auditors(act text) returns boolean language sql immutable parallel safe as $$
    select act ~ '^(review|case|hold|alert)\.|^search\.(saved|forgotten)$'
$$;
