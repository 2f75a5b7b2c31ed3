-- Alerts of the review: what a rule found on one day among records of one person, or of one address; see
-- policies/review/alerts.py. Persons, addresses and auditors stand here by their pseudonyms.

create table review_alert (
    id bigint generated always as identity primary key,
    rule text not null,
    who text not null, -- whose pseudonym it is depends on the rule; empty where it is about the ledger itself
    day date not null, -- in Paris
    records bigint[] not null,
    reason text not null default '', -- a French sentence of rules that are not about records
    state text not null default 'new' check (state in ('new', 'seen', 'closed')),
    raised_at timestamptz not null,
    unique (rule, who, day)
);

create index review_alert_by_state on review_alert (state, id);

create table review_alert_note (
    id bigint generated always as identity primary key,
    alert_id bigint not null references review_alert,
    written_by text not null,
    written_at timestamptz not null,
    text text not null check (text <> '')
);

create index review_alert_note_by_alert on review_alert_note (alert_id, id);

-- Up to which record the rules have looked; no row: not yet.
create table review_alert_head (
    one boolean primary key default true check (one),
    next bigint not null
);

-- On which day (in Paris) the product last verified the ledger by itself, and up to which record it held.
create table review_verification (
    one boolean primary key default true check (one),
    day date not null,
    size bigint not null default 0
);
