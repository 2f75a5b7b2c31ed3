"""Queries of evaluations that are kept; the table is in deploy/migrations/0040_evaluation.sql."""

from typing import LiteralString

_ROWS: LiteralString = """
select r.id, r.set_id, r.kind, r.state, r.depth, r.asked_at, r.asked_by, r.started_at, r.ended_at, r.questions, r.done,
       r.settings, r.figures, r.failure
from evaluation_run r join question_set s on s.id = r.set_id join collection c on c.id = s.collection_id
"""

INSERT: LiteralString = """
insert into evaluation_run (id, set_id, kind, state, depth, asked_by, asker, questions)
values (%(id)s, %(set)s, %(kind)s, 'queued', %(depth)s, %(by)s, %(subject)s, %(questions)s)
"""

SELECT: LiteralString = f"{_ROWS} where r.id = %s"

SELECT_RESULT: LiteralString = "select result from evaluation_run where id = %s"

# Where a filter is null, it narrows nothing.
_NARROWED: LiteralString = """
where r.set_id = any(%(sets)s)
    and (%(set)s::uuid is null or r.set_id = %(set)s)
    and (%(kind)s::text is null or r.kind = %(kind)s)
    and (%(state)s::text is null or r.state = %(state)s)
"""

COUNT: LiteralString = f"""
select count(*) from (select from evaluation_run r {_NARROWED} limit %(most)s) counted
"""  # noqa: S608 - of constants

_ORDERS: dict[str, LiteralString] = {
    "date": "r.asked_at",
    "jeu": "s.name_key",
    "collection": "c.name_key",
    "mesure": "r.kind",
    "etat": "r.state",
    "questions": "r.questions",
}
SORTS = tuple(_ORDERS)


def page(sort: str, *, descending: bool) -> LiteralString:
    """One page, in that order, one of `SORTS`; the newest first among equals."""
    order = _ORDERS[sort]
    if descending:
        return f"{_ROWS} {_NARROWED} order by {order} desc, r.asked_at desc, r.id limit %(limit)s offset %(offset)s"
    return f"{_ROWS} {_NARROWED} order by {order}, r.asked_at desc, r.id limit %(limit)s offset %(offset)s"


BEGIN: LiteralString = """
update evaluation_run set state = 'running', started_at = now(), seen_at = now(), settings = %(settings)s
where id = %(id)s and state = 'queued' returning id
"""

# Nothing where somebody has ended it meanwhile.
ADVANCE: LiteralString = """
update evaluation_run set done = %(done)s, seen_at = now() where id = %(id)s and state = 'running' returning id
"""

SEEN: LiteralString = """
update evaluation_run set seen_at = now() where id = any(%s) and state in ('queued', 'running')
"""

FINISH: LiteralString = """
update evaluation_run
set state = 'finished', done = questions, ended_at = now(), figures = %(figures)s, result = %(result)s
where id = %(id)s and state = 'running'
"""

END: LiteralString = """
update evaluation_run as r set state = %(state)s, ended_at = now(), failure = %(failure)s
from question_set s where r.id = any(%(ids)s) and s.id = r.set_id and r.state in ('queued', 'running')
returning r.id, r.kind, s.name, s.collection_id
"""

# At work for nobody: their process no longer says that it lives.
FORSAKEN: LiteralString = """
select id from evaluation_run where state in ('queued', 'running') and seen_at < now() - %s::interval
"""
