-- What answers took and how they ended, for the console's figures; see assistant/figures.py. Nobody's name, and no text.

create table answer_figure (
    answer_id uuid primary key,
    at timestamptz not null,
    day date not null, -- in Paris
    kind text not null check (kind in ('question', 'task')),
    outcome text not null check (outcome in ('answered', 'refused', 'abandoned')),
    asker bytea not null, -- one person's within a month, under a key that changes with it
    searched uuid[] not null, -- collections
    cited uuid[] not null,
    supported integer not null, -- sentences
    unsupported integer not null,
    waited_ms integer, -- in the queue; null: no engine was asked
    first_token_ms integer,
    total_ms integer not null,
    generating_ms integer not null,
    tokens_in integer not null,
    tokens_out integer not null,
    estimated boolean not null, -- the tokens: nobody here has the engine's tokenizer
    model text not null,
    energy_wh double precision, -- null: no power was declared
    useful boolean, -- as its reader said
    saved_minutes integer
);

create index answer_figure_by_time on answer_figure using brin (at);

-- Their sums by day, kept in the same transactions: pages cost as much as a period has days. The collection of zeros
-- stands for all; an answer counts once there, and once for each collection that was searched.
create table figure_day (
    collection_id uuid not null,
    day date not null,
    questions bigint not null default 0,
    tasks bigint not null default 0,
    answered bigint not null default 0,
    refused bigint not null default 0,
    abandoned bigint not null default 0,
    doubtful bigint not null default 0, -- answers with a sentence that nothing bears out
    cited bigint not null default 0, -- answers that cite the collection
    supported bigint not null default 0,
    unsupported bigint not null default 0,
    tokens_in bigint not null default 0,
    tokens_out bigint not null default 0,
    estimated bigint not null default 0, -- answers
    generating_ms bigint not null default 0,
    energy_wh double precision not null default 0,
    metered bigint not null default 0, -- answers of which the energy is known
    useful bigint not null default 0,
    useless bigint not null default 0,
    told bigint not null default 0, -- answers of which somebody said how much time they saved
    saved_minutes bigint not null default 0,
    primary key (collection_id, day)
) with (fillfactor = 70);

-- How many waited, or were answered, how long: by steps of a tenth.
create table figure_time (
    collection_id uuid not null,
    what text not null check (what in ('waiting', 'answering')),
    day date not null,
    step smallint not null,
    count bigint not null,
    primary key (collection_id, what, day, step)
) with (fillfactor = 70);

-- Who asked in a month, and on which of its days: one bit a day.
create table figure_asker (
    collection_id uuid not null,
    month date not null,
    asker bytea not null,
    days bigint not null,
    primary key (collection_id, month, asker)
);

create index figure_asker_by_month on figure_asker (month);

-- Vectors of questions that were refused or badly rated, for as long as their conversations last; see assistant/gaps.py.
create table question_vector (
    exchange_id uuid not null references exchange on update cascade on delete cascade,
    model text not null,
    question_key bytea not null, -- the SHA-256 of what was embedded
    vector bytea not null,
    primary key (exchange_id, model)
);

-- What several people asked and did not get: the words that they share, and no question.
create table gap (
    id uuid primary key,
    terms text[] not null,
    questions integer not null,
    people integer not null check (people >= 3),
    refused integer not null,
    useless integer not null,
    first_day date not null,
    last_day date not null,
    searched uuid[] not null -- collections
);

create table gap_search (
    one boolean primary key default true check (one),
    day date not null,
    at timestamptz not null,
    questions integer not null -- that were looked at
);
