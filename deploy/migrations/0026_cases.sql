-- Cases of the review: who asked to see what, who granted it, and what is kept past its time.
-- Auditors and persons stand here by their pseudonyms alone (policies/review/pseudonyms.py); names lie in the ledger.

create table review_case (
    id bigint generated always as identity primary key,
    title text not null check (title <> ''),
    reason text not null check (reason <> ''),
    opened_by text not null,
    opened_at timestamptz not null,
    closed_by text,
    closed_at timestamptz,
    check ((closed_by is null) = (closed_at is null))
);

create table review_case_note (
    id bigint generated always as identity primary key,
    case_id bigint not null references review_case,
    written_by text not null,
    written_at timestamptz not null,
    text text not null check (text <> '')
);

create index review_case_note_by_case on review_case_note (case_id, id);

create table review_case_record (
    case_id bigint not null references review_case,
    record bigint not null,  -- of the ledger; the case stays where that was purged
    attached_by text not null,
    attached_at timestamptz not null,
    primary key (case_id, record)
);

-- What is kept past its time, until it is released. A period is [since, until), records are [first, last].
create table review_hold (
    id bigint generated always as identity primary key,
    case_id bigint not null references review_case,
    kind text not null,
    target text not null default '',
    first bigint,
    last bigint,
    since timestamptz,
    until timestamptz,
    reason text not null check (reason <> ''),
    placed_by text not null,
    placed_at timestamptz not null,
    released_by text,
    released_at timestamptz,
    check (
        case kind
            when 'records' then first >= 0 and last >= first
            when 'period' then until > since
            else kind in ('person', 'collection', 'document', 'conversation') and target <> ''
        end is true
    ),
    check ((released_by is null) = (released_at is null)),
    check (kind <> 'person' or (released_by <> target) is not false)
);

create index review_hold_standing on review_hold (id) where released_at is null;

-- A wish that takes a second auditor's word: a name, the texts of a record or of a conversation, the release of a hold.
-- Whatever a page sends, nobody decides their own wish, nor about their own name.
create table review_request (
    id bigint generated always as identity primary key,
    case_id bigint not null references review_case,
    kind text not null check (kind in ('name', 'record', 'conversation', 'release')),
    target text not null check (target <> ''),
    reason text not null check (length(reason) >= 20),
    asked_by text not null check (asked_by <> ''),
    asked_at timestamptz not null,
    decided_by text check (decided_by <> '' and decided_by <> asked_by),
    decided_at timestamptz,
    granted boolean,
    ends_at timestamptz,
    revoked_by text,
    revoked_at timestamptz,
    check (num_nulls(decided_by, decided_at, granted) in (0, 3)),
    check ((ends_at is not null) = (granted is true and kind <> 'release')),
    check (ends_at - decided_at <= interval '720 hours'),
    check ((revoked_by is null) = (revoked_at is null)),
    check (kind <> 'name' or (asked_by <> target and (decided_by <> target) is not false))
);

create unique index review_request_waits_once on review_request (case_id, kind, target)
    where decided_at is null and revoked_at is null;

-- Whether a hold keeps a record, with its texts, past its time. What only the review's reading of a record can tell
-- is taken to be so for a record that it has not read yet.
create function review_hold_keeps(hold review_hold, index bigint) returns boolean language sql stable as $$
    select case hold.kind
        when 'records' then $2 between hold.first and hold.last
        when 'period' then exists (
            select from ledger_record record
            where record.index = $2 and record.at >= hold.since and record.at < hold.until
        )
        else not exists (select from review_record seen where seen.index = $2) or exists (
            select from review_record seen
            where seen.index = $2 and (
                (hold.kind = 'person' and (seen.who = hold.target or seen.keys @> array['about:' || hold.target]))
                or (hold.kind <> 'person' and seen.keys @> array[hold.kind || ':' || hold.target])
            )
        )
    end
$$;

-- Whether any hold that stands keeps it.
create function ledger_held(index bigint) returns boolean language sql stable as $$
    select exists (
        select from review_hold hold where hold.released_at is null and review_hold_keeps(hold, $1)
    )
$$;
