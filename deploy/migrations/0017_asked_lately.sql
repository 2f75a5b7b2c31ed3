-- When a person asked within the last hour, for the limit of questions by role; see assistant/allowance.py.

create table asked_lately (
    subject text not null,
    at timestamptz not null default clock_timestamp()
);

create index asked_lately_by_subject on asked_lately (subject, at);
