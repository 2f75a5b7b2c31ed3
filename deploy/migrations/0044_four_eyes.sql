-- Two people for a publication, where a collection asks for them.

alter table collection add column four_eyes boolean not null default false; -- who signs the checklist does not publish

alter table publication add column signed_by jsonb; -- the principal who signed the checklist
