"""Until when texts apply whose successor is known already, and is a document of its own.

A text says what it replaces, or that it is to be replaced, or has the number and the title of the one that it takes the
place of. The successor applies from a day on; until then search does not find it, and who reads the text must know.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import LiteralString
from uuid import UUID

from retrieval.corpus import Passage
from retrieval.rows import Connection, all_rows

# By place of what is given, the first day of its first successor that can be found.
SUCCESSORS: LiteralString = """
select given.place, min(v.in_force_from) as starts
from unnest(%(ids)s::text[], %(numbers)s::text[], %(titles)s::text[], %(successors)s::text[])
    with ordinality as given (id, number, title, successor, place)
join document_version v on v.in_force_from > %(on)s and v.collection_id = any(%(collections)s::uuid[])
    and v.document_id <> given.id and v.number <> ''
    and (given.successor = v.number
        or given.number = any(v.replaces)
        or (given.number = v.number and given.title = v.title))
join document d on d.collection_id = v.collection_id and d.id = v.document_id and d.version = v.version
    and d.state = 'indexed'
group by given.place
"""


async def until_replaced(
    connection: Connection, passages: Sequence[Passage], readable: Iterable[UUID], on: dt.date
) -> tuple[Passage, ...]:
    """The passages, which apply on that day, with the day on which their text ends where none was known: a guess.

    Only successors in collections that are `readable` count.
    """
    known = [one.metadata for one in passages]
    if not any(one.number or one.replaced_by for one in known):
        return tuple(passages)
    values = {
        "ids": [one.document_id for one in passages],
        "numbers": [one.number or None for one in known],
        "titles": [one.title for one in known],
        "successors": [one.replaced_by or None for one in known],
        "collections": list(readable),
        "on": on,
    }
    starts = {row["place"]: row["starts"] for row in await all_rows(connection, SUCCESSORS, values)}
    return tuple(_until(passage, starts.get(place)) for place, passage in enumerate(passages, start=1))


def _until(passage: Passage, day: dt.date | None) -> Passage:
    metadata = passage.metadata
    if day is None or metadata.repealed_on is not None:
        return passage
    guessed = metadata.guessed | {"repealed_on"}
    return replace(passage, metadata=replace(metadata, repealed_on=day, guessed=guessed))
