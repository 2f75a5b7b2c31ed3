-- How old a record is, its own time does not tell alone: a clock that was wrong, or whoever can append, may have written
-- another. A record may go once a checkpoint over it is that old; checkpoints' times never go back.

create index ledger_checkpoint_by_time on ledger_checkpoint (at, size);

-- How many records had been signed before that moment.
create function ledger_signed_before(moment timestamptz) returns bigint language sql stable as $$
    select coalesce((select size from ledger_checkpoint where at < moment order by at desc, size desc limit 1), 0)
$$;

create or replace function refuse_to_shorten_the_ledger() returns trigger language plpgsql as $$
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

create or replace function ledger_purge(before timestamptz, most int) returns bigint[] language plpgsql as $$
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
