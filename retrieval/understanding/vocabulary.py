"""The vocabulary of collections in PostgreSQL (deploy/migrations/0014_vocabulary.sql).

Every method takes the open connection first. What is asked is answered from the given collections alone, so that no
word of another one shows, and of acronyms from the ministry's own glossary (deploy/migrations/0020_glossary.sql).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from retrieval.rows import Connection, all_rows, one_row
from retrieval.understanding.lexicon import Form
from retrieval.understanding.tally import AcronymCount, Tally, WordCount

PAUSE_S = 60.0  # between two counts of a collection, at least

# A collection is counted once nothing of it is pending: an import is not slowed down. While it is counted, nothing is
# seen of it; a process that ends in the midst of it leaves it so, and it is due again once `rest_until` is over.
CLAIM: LiteralString = """
with documents as (
    select collection_id, bool_or(state = 'pending') as pending,
        sum(hashtextextended(id, version)) filter (where state = 'indexed') as seen
    from document group by collection_id
), due as (
    select c.id, coalesce(d.seen, 0)::text as seen
    from collection c
    left join documents d on d.collection_id = c.id
    left join vocabulary_count v on v.collection_id = c.id
    where c.conversation_id is null and c.part is null and c.deleted_at is null and not coalesce(d.pending, false)
        and coalesce(v.seen, '0') <> coalesce(d.seen, 0)::text
        and (v.rest_until is null or v.rest_until <= clock_timestamp() or (%(hurried)s and v.seen <> ''))
    order by v.rest_until nulls first limit 1
), claimed as (
    insert into vocabulary_count (collection_id, seen, rest_until)
    select id, '', clock_timestamp() + make_interval(secs => %(pause_s)s) from due
    on conflict (collection_id) do update set seen = '', rest_until = excluded.rest_until
        where vocabulary_count.rest_until <= clock_timestamp() or (%(hurried)s and vocabulary_count.seen <> '')
    returning collection_id
)
select due.id, due.seen from due join claimed on claimed.collection_id = due.id
"""

HOLD: LiteralString = """
update vocabulary_count set rest_until = clock_timestamp() + make_interval(secs => %s) where collection_id = %s
"""

TEXTS: LiteralString = """
select d.id, v.title, v.text
from document d
join document_version v on v.collection_id = d.collection_id and v.document_id = d.id and v.version = d.version
where d.collection_id = %s and d.id > %s and d.state = 'indexed'
order by d.id limit %s
"""

# The collection stays while its words are written.
LOCK: LiteralString = "select from collection where id = %s for key share"

FORGET_WORDS: LiteralString = "delete from vocabulary where collection_id = %s"

FORGET_ACRONYMS: LiteralString = "delete from acronym where collection_id = %s"

PUT_WORDS: LiteralString = """
insert into vocabulary (collection_id, folded, word, documents)
select %s, folded, word, documents
from unnest(%s::text[], %s::text[], %s::int[]) as given (folded, word, documents)
"""

PUT_ACRONYMS: LiteralString = """
insert into acronym (collection_id, folded, long_folded, long, documents)
select %s, folded, long_folded, long, documents
from unnest(%s::text[], %s::text[], %s::text[], %s::int[]) as given (folded, long_folded, long, documents)
"""

COUNTED: LiteralString = """
update vocabulary_count set seen = %(seen)s, words = %(words)s,
    rest_until = clock_timestamp() + make_interval(secs => %(pause_s)s)
where collection_id = %(collection_id)s
"""

WORDS: LiteralString = """
select folded, word, sum(documents)::float / (
    select sum(words) from vocabulary_count where collection_id = any(%(collections)s)
) as share
from vocabulary where folded = any(%(folded)s) and collection_id = any(%(collections)s)
group by folded, word
"""

USED: LiteralString = "select distinct folded from vocabulary"

COUNTS: LiteralString = "select collection_id, rest_until from vocabulary_count where seen <> '' order by collection_id"

# The ministry's own glossary comes first. Of several long forms of texts the one that most documents have counts, as it
# is mostly written.
ACRONYMS: LiteralString = """
with own as (
    select folded, long from glossary where folded = any(%(folded)s)
), of_texts as (
    select distinct on (folded) folded, (array_agg(long order by documents desc, long))[1] as long
    from acronym where folded = any(%(folded)s) and collection_id = any(%(collections)s)
    group by folded, long_folded order by folded, sum(documents) desc, long_folded
)
select folded, long from own
union all
select folded, long from of_texts where folded not in (select folded from own)
"""


@dataclass(frozen=True, slots=True)
class ToCount:
    """A collection, and of which state of its documents the count will be."""

    collection_id: UUID
    seen: str


class Vocabulary:
    """What is written by `Counting` and read by `Lexicons`."""

    async def claim(self, connection: Connection, pause_s: float = PAUSE_S, *, hurried: bool = False) -> ToCount | None:
        """A collection of which documents came, changed or went since it was counted; no other process has it then.

        `hurried`: whether it has rested since or not.
        """
        row = await one_row(connection, CLAIM, {"pause_s": pause_s, "hurried": hurried})
        return None if row is None else ToCount(row["id"], row["seen"])

    async def hold(self, connection: Connection, collection_id: UUID, pause_s: float = PAUSE_S) -> None:
        """Go on having it for so long."""
        await connection.execute(HOLD, [pause_s, collection_id])

    async def texts(self, connection: Connection, collection_id: UUID, after: str, limit: int) -> list[tuple[str, str]]:
        """The next documents that can be found, by id, after that one, with title and text."""
        rows = await all_rows(connection, TEXTS, [collection_id, after, limit])
        return [(row["id"], f"{row['title']}\n{row['text']}") for row in rows]

    async def replace(self, connection: Connection, counted: ToCount, tally: Tally, rest_s: float) -> None:
        """Put this in the place of what was counted before, and let nobody count again for so long."""
        place = [counted.collection_id]
        if await one_row(connection, LOCK, place) is None:
            return  # deleted meanwhile
        words, acronyms = [*tally.words()], [*tally.acronyms()]
        await connection.execute(FORGET_WORDS, place)
        await connection.execute(FORGET_ACRONYMS, place)
        await connection.execute(PUT_WORDS, [*place, *_columns(words, WordCount._fields)])
        await connection.execute(PUT_ACRONYMS, [*place, *_columns(acronyms, AcronymCount._fields)])
        values = {"collection_id": counted.collection_id, "seen": counted.seen, "pause_s": rest_s}
        await connection.execute(COUNTED, values | {"words": sum(one.documents for one in words)})

    async def counts(self, connection: Connection) -> list[tuple[UUID, dt.datetime]]:
        """Something that is another after each count of a collection, and once one is deleted."""
        return [(row["collection_id"], row["rest_until"]) for row in await all_rows(connection, COUNTS)]

    async def used(self, connection: Connection) -> frozenset[str]:
        """All words without accents, of whatever collections: for leaving out at once what nobody uses."""
        return frozenset(row["folded"] for row in await all_rows(connection, USED))

    async def words(
        self, connection: Connection, folded: Iterable[str], collections: Iterable[UUID]
    ) -> list[tuple[str, Form]]:
        """The forms of these words without accents, each with its share of all words of the collections."""
        rows = await all_rows(connection, WORDS, {"folded": [*folded], "collections": [*collections]})
        return [(row["folded"], Form(row["word"], row["share"])) for row in rows]

    async def acronyms(
        self, connection: Connection, folded: Iterable[str], collections: Iterable[UUID]
    ) -> dict[str, str]:
        """What those of these words that are acronyms stand for."""
        values = {"folded": [*folded], "collections": [*collections]}
        return {row["folded"]: row["long"] for row in await all_rows(connection, ACRONYMS, values)}


def _columns(counts: Sequence[WordCount] | Sequence[AcronymCount], names: Sequence[str]) -> list[list[str | int]]:
    return [[getattr(one, name) for one in counts] for name in names]
