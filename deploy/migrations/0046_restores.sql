-- A record of a restore says which records were lost: later verifications need it, and it stays.
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
            and position('"act":"backup.restored"'::bytea in record.body) = 0
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
