-- The access rules by which the serving process decides, for workers of their own to take them too.

create table rules_in_force (
    one boolean primary key default true check (one),
    fingerprint text not null, -- of the folder of rules, as policies.Source says
    since timestamptz not null default now()
);
