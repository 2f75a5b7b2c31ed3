-- Which way from file to chunks made a document's points; empty: not known, an earlier one.
alter table received add column pipeline text not null default '';
