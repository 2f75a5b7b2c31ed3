-- How far each SIEM has received the ledger; see policies/audit/forwarding.py.

create table audit_forwarding (
    destination text primary key,  -- its address, without a secret
    next bigint not null default 0 check (next >= 0),  -- the index of the first record that it has not acknowledged
    checkpoint bigint not null default 0,  -- the size of the last checkpoint that it has acknowledged
    holder uuid not null,  -- the process that sends to it
    held_until timestamptz not null,
    failing_since timestamptz,
    failure text not null default ''  -- in French; empty while all is well
);
