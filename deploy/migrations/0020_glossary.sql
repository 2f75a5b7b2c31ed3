-- What acronyms stand for in the ministry, as it says itself; comes before what its texts say.

create table glossary (
    folded text collate "C" primary key, -- in lower case, without accents
    short text not null,
    long text not null
);
