"""The SQL of what people asked and did not get; the tables are in deploy/migrations/0041_figures.sql."""

from typing import LiteralString

# Refused or rated badly, of which the conversation is still there; the vector where it is known.
ASKED: LiteralString = """
select e.id, e.question, c.owner, (e.asked_at at time zone 'Europe/Paris')::date as day,
    coalesce((e.reply ->> 'refused')::boolean, false) as refused, e.useful is false as useless,
    coalesce(f.searched, '{}') as searched, v.vector
from exchange e
join conversation c on c.id = e.conversation_id
left join answer_figure f on f.answer_id = (e.reply ->> 'answer')::uuid
left join question_vector v
    on v.exchange_id = e.id and v.model = %(model)s and v.question_key = sha256(convert_to(e.question, 'UTF8'))
where e.asked_at >= %(since)s and e.task is null
    and (coalesce((e.reply ->> 'refused')::boolean, false) or e.useful is false)
order by e.asked_at desc, e.id
limit %(limit)s
"""

# Its conversation may go while it is embedded.
KEEP_VECTOR: LiteralString = """
insert into question_vector (exchange_id, model, question_key, vector)
select id, %(model)s, sha256(convert_to(%(question)s, 'UTF8')), %(vector)s from exchange where id = %(id)s
on conflict (exchange_id, model) do update set question_key = excluded.question_key, vector = excluded.vector
"""

LOCK: LiteralString = "select pg_advisory_xact_lock(hashtextextended('gap', 0))"

FORGET: LiteralString = "delete from gap"

# Only of exchanges that are still worth a look.
FORGET_VECTORS: LiteralString = """
delete from question_vector using exchange e where e.id = exchange_id and e.asked_at < %(since)s
"""

KEEP: LiteralString = """
insert into gap (id, terms, questions, people, refused, useless, first_day, last_day, searched)
values (%(id)s, %(terms)s, %(questions)s, %(people)s, %(refused)s, %(useless)s, %(first_day)s, %(last_day)s,
    %(searched)s)
"""

SEARCHED: LiteralString = """
insert into gap_search (day, at, questions) values (%(day)s, %(at)s, %(questions)s)
on conflict (one) do update set day = excluded.day, at = excluded.at, questions = excluded.questions
"""

ALL: LiteralString = "select * from gap order by people desc, questions desc, last_day desc, id"

LAST: LiteralString = "select day, at, questions from gap_search"
