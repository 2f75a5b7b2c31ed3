-- Sessions of people who signed in with Keycloak. A session that has ended has no row.

create table session (
    id uuid primary key,
    key bytea not null unique check (length(key) = 32), -- SHA-256 of the cookie: who reads this table cannot use a session
    subject text not null,
    username text not null,
    groups text[] not null, -- as Keycloak last named them
    roles text[] not null,
    provider_session text not null, -- Keycloak's name for it (`sid`)
    refresh_token bytea not null, -- sealed with a key that is not in the database
    id_token bytea not null, -- sealed likewise
    created_at timestamptz not null,
    used_at timestamptz not null, -- within a minute
    checked_at timestamptz not null, -- when Keycloak was last asked, whether it answered or not
    claimed_at timestamptz, -- since when somebody is asking Keycloak; null: nobody is
    valid_until timestamptz not null -- how long Keycloak's last answer holds if it gives no other
) with (fillfactor = 70);  -- room for new versions of a row on its own page

create index session_by_provider_session on session (provider_session);
create index session_by_subject on session (subject);
