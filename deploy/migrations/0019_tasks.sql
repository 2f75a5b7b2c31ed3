-- The versions of task templates that administrators have put in place; see assistant/tasks/templates.py. Version 1 of
-- a task that comes with the product is its file there, unless there is a row. Nothing is changed or deleted here: the
-- last version of a name is in force, and what was asked for in an earlier one can be looked up.

create table task_template (
    name text not null,
    version integer not null check (version > 0),
    source text not null, -- the file
    disabled boolean not null default false, -- taken out of use by this version
    by text not null, -- the subject of who did it
    at timestamptz not null default now(),
    primary key (name, version)
);
