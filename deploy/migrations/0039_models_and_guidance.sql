-- Which model administrators chose to answer, where the settings name none; see ui/model_choice.py. Nothing is changed or
-- deleted here: the last row holds, and without one the demonstration model answers.

create table model_choice (
    version integer primary key check (version > 0),
    file text not null, -- its name in the folder of models
    sha256 text not null, -- of all of the file
    format text not null, -- how it is talked to, as ASSISTANT_MODEL_FORMAT
    context integer not null check (context > 0), -- tokens
    by text not null, -- the subject of who chose it
    at timestamptz not null default now()
);

-- What a ministry tells the model besides our own instructions; see assistant/guidance.py. The last version is in force;
-- an empty text is none.

create table guidance (
    version integer primary key check (version > 0),
    text text not null check (length(text) <= 2000),
    by text not null, -- the subject of who wrote it
    at timestamptz not null default now()
);
