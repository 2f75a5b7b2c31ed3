-- A file that could not even be received (too large, closed to us, unfit in its archive) is a document that fails.

alter table received add column refusal text not null default ''; -- why; there is no original then
