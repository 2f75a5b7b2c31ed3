-- Who signed or issued a text: a person or a body; empty where nobody knows. The key is the author without regard to
-- case, accents and blanks (done by the application, as collections' names are).
alter table document_version
    add column author text not null default '',
    add column author_key text not null default '';
