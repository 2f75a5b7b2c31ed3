-- Sums of figures by month beside those by day: what a year was of each collection is read from a dozen rows of it.

create table figure_month (
    collection_id uuid not null,
    month date not null, -- its first day
    questions bigint not null default 0,
    tasks bigint not null default 0,
    answered bigint not null default 0,
    refused bigint not null default 0,
    doubtful bigint not null default 0, -- answers with a sentence that nothing bears out
    cited bigint not null default 0, -- answers that cite the collection
    useful bigint not null default 0,
    useless bigint not null default 0,
    primary key (collection_id, month)
) with (fillfactor = 70);

insert into figure_month
select collection_id, date_trunc('month', day)::date, sum(questions), sum(tasks), sum(answered), sum(refused),
    sum(doubtful), sum(cited), sum(useful), sum(useless)
from figure_day group by 1, 2;

-- Jobs by their numbers, with what is needed to know whose they are.
drop index received_of_job;
create index received_of_job on received (job_id, collection_id);
