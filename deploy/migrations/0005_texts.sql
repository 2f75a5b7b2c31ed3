-- What a text is and which texts it takes the place of; who imports again learns it of earlier documents too.

alter table document_version
    add column kind text, -- see retrieval.corpus.TextKind; null: not known
    add column number text not null default '',
    add column signed_on date,
    add column replaces text[] not null default '{}',
    add column replaced_by text not null default '',
    add column guessed text[] not null default '{}'; -- names of the fields found by rules and confirmed by nobody

-- What an administrator said of a document, by field; see retrieval/corrections.py. The columns above are as corrected.
alter table document add column corrections jsonb not null default '{}';
