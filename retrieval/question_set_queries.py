"""Queries of question sets; the tables are in deploy/migrations/0040_evaluation.sql."""

from typing import LiteralString

_SETS: LiteralString = """
select s.id, s.collection_id, s.name, s.golden, s.edition, s.created_at, s.created_by,
       (select count(*) from question q where q.set_id = s.id) as questions
from question_set s
"""

# Of collections that whoever asks may keep, by name.
SELECT_SETS: LiteralString = f"{_SETS} where s.collection_id = any(%s) order by s.name_key, s.id"

SELECT_SET: LiteralString = f"{_SETS} where s.id = %s"

# A set by its name, or all of them.
SELECT_NAMED: LiteralString = f"{_SETS} where s.collection_id = any(%s) and s.name_key = %s order by s.id"

# Nobody else changes the set until the transaction ends.
LOCK_SET: LiteralString = "select edition from question_set where id = %s for update"

INSERT_SET: LiteralString = """
insert into question_set (id, collection_id, name, name_key, created_by, creator) values (%s, %s, %s, %s, %s, %s)
on conflict (collection_id, name_key) do nothing returning id
"""

UPDATE_SET: LiteralString = """
update question_set as held set name = %(name)s, name_key = %(key)s, golden = %(golden)s, edition = edition + 1
where id = %(id)s and not exists (
    select from question_set as other
    where other.collection_id = held.collection_id and other.name_key = %(key)s and other.id <> held.id
) returning id
"""

TOUCH_SET: LiteralString = "update question_set set edition = edition + 1 where id = %s"

DELETE_SET: LiteralString = "delete from question_set where id = %s"

_QUESTIONS: LiteralString = "select id, question, relevant, note, edition from question"

SELECT_QUESTIONS: LiteralString = f"{_QUESTIONS} where set_id = %s order by id"

SELECT_QUESTION: LiteralString = f"{_QUESTIONS} where set_id = %s and id = %s"

# Those of sets that are golden, of a collection or of the one of which it is a part.
SELECT_GOLDEN: LiteralString = """
select s.name, q.id, q.question, q.relevant, q.note, q.edition
from question q join question_set s on s.id = q.set_id
where s.golden and s.collection_id in (
    select coalesce(part_of, id) from collection where id = %s
) order by s.name_key, q.id
"""

# One row a question that is new or says something else than before.
PUT_QUESTIONS: LiteralString = """
with given as (
    select id, question, array(select jsonb_array_elements_text(relevant)) as relevant, note
    from unnest(%(ids)s::text[], %(questions)s::text[], %(relevant)s::jsonb[], %(notes)s::text[])
        as given (id, question, relevant, note)
), before as (
    select id from question where set_id = %(set)s
), put as (
    insert into question as held (set_id, id, question, relevant, note)
    select %(set)s, id, question, relevant, note from given
    on conflict (set_id, id) do update set
        question = excluded.question, relevant = excluded.relevant, note = excluded.note, edition = held.edition + 1
        where (held.question, held.relevant, held.note)
            is distinct from (excluded.question, excluded.relevant, excluded.note)
    returning id
)
select put.id, before.id is null as is_new from put left join before on before.id = put.id
"""

COUNT_QUESTIONS: LiteralString = "select count(*) as questions from question where set_id = %s"

DELETE_QUESTIONS: LiteralString = """
delete from question where set_id = %s and id = any(%s::text[]) returning id, question
"""
