-- Conversations: a person's questions with the answers they got, and what the person thought of them.

create table conversation (
    id uuid primary key,
    owner text not null, -- the principal's subject
    title text not null,
    started_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
);

create index conversation_by_owner on conversation (owner, updated_at desc, id desc);

-- One question and the answer to it; asking for another answer replaces the exchange.
create table exchange (
    id uuid primary key,
    conversation_id uuid not null references conversation on delete cascade,
    question text not null,
    asked_at timestamptz not null default clock_timestamp(),
    reply jsonb, -- see assistant/conversations.py; null until there is one
    useful boolean, -- the feedback; null: none
    reason text not null default ''
);

create index exchange_by_conversation on exchange (conversation_id, asked_at, id);
