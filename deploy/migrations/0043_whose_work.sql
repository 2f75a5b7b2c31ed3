-- The subject of whoever did what bears a username for people's eyes, so that a copy or an erasure of one person's data
-- finds it (ui/privacy/work_queries.py); empty: done before there was this column.

alter table announcement add column publisher text not null default '';
alter table question_set add column creator text not null default '';
alter table evaluation_run add column asker text not null default '';
