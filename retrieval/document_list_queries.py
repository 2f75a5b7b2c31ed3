"""Queries of the list of documents (table and triggers in deploy/migrations/0036_list_of_documents.sql)."""

from typing import LiteralString

from retrieval.document_filter import DocumentFilter, InForce, Order

# What is typed, as the list compares it.
WORDS: LiteralString = """
select distinct word from regexp_split_to_table(list_key(%s), '\\s+') word where word <> '' limit 20
"""

_REPEALED: LiteralString = "coalesce(l.repealed_on <= %(today)s, false)"
_LATER: LiteralString = "coalesce(l.starts_on > %(today)s, false)"

_IN_FORCE: dict[InForce, LiteralString] = {
    InForce.REPEALED: _REPEALED,
    InForce.LATER: f"{_LATER} and not {_REPEALED}",
    InForce.NOW: f"not {_LATER} and not {_REPEALED}",
}

_COLUMNS: dict[Order, LiteralString] = {
    Order.RECEIVED: "l.received_at",
    Order.TITLE: "left(l.words, 60)",
    Order.DAY: "l.day",
    Order.KIND: "l.kind",
    Order.STATE: "l.state",
    Order.ID: "l.id",
}


def condition(wanted: DocumentFilter, words: int) -> LiteralString:
    """What must hold of a row `l`, with the values of `DocumentList`; so many `words` are looked for."""
    conditions: list[LiteralString] = ["l.collection_id = any(%(collections)s)"]
    # Patterns: of these PostgreSQL guesses how many rows hold them, and looks through rows in the best order for it.
    conditions += [f"l.words like %(word{number})s" for number in range(words)]
    if wanted.state:
        conditions.append("l.state = %(state)s")
    if wanted.kind:
        conditions.append("l.kind = %(kind)s")
    if wanted.in_force:
        conditions.append(_IN_FORCE[wanted.in_force])
    if wanted.since:
        conditions.append("l.day >= %(since)s")
    if wanted.until:
        conditions.append("l.day <= %(until)s")
    if wanted.to_check:
        conditions.append("l.to_check")
    if wanted.source:
        conditions.append("l.source_id = %(source)s")
    if wanted.by_hand:
        conditions.append("l.source_id is null")
    return " and ".join(conditions)


def count(wanted: DocumentFilter, words: int) -> LiteralString:
    """How many there are, up to a limit; `null` is none."""
    return f"""
    select count(*) from (select from listed_document l where {condition(wanted, words)} limit %(most)s::bigint) counted
    """  # noqa: S608 - of constants


def page(wanted: DocumentFilter, words: int, order: Order, *, descending: bool) -> LiteralString:
    """Their keys, some of them."""
    way: LiteralString = "desc" if descending else "asc"
    unknown: LiteralString = "last" if descending else "first"
    return f"""
    select l.collection_id, l.id, l.received_at, l.source_id from listed_document l
    where {condition(wanted, words)}
    order by {_COLUMNS[order]} {way} nulls {unknown}, l.collection_id {way}, l.id {way}
    limit %(limit)s offset %(offset)s
    """  # noqa: S608 - of constants


def keys(wanted: DocumentFilter, words: int) -> LiteralString:
    """The keys of all of them."""
    return f"""
    select l.collection_id, l.id from listed_document l where {condition(wanted, words)} order by l.collection_id, l.id
    """  # noqa: S608 - of constants


# Those of these keys that there are.
KNOWN: LiteralString = """
select l.collection_id, l.id from listed_document l
join unnest(%s::uuid[], %s::text[]) as given (collection_id, id) using (collection_id, id)
order by l.collection_id, l.id
"""

SOURCES: LiteralString = "select id, name from source where collection_id = any(%s) order by name_key"
