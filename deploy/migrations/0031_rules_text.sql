-- All access rules that were ever in force, by their fingerprint: what was decided on a past day can be decided again.
-- Records in the ledger have the fingerprint, so that a text which was changed here is found out.

create table rules_text (
    fingerprint text primary key, -- as policies.source says
    texts jsonb not null -- of the folder's files, by name
);
